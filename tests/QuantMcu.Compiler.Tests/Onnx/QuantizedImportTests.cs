using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class QuantizedImportTests
{
    [Fact]
    public void QuantizeLinear_and_DequantizeLinear_are_read_in_every_opset_that_has_them()
    {
        foreach (int opset in Imported.Opsets(from: 10))
        {
            var model = new OnnxBuilder(opset).Input("x", 3).Constant("scale", [0.5f]).Constant("zero", Codes(ElementType.UInt8, [], 10))
                .Node("QuantizeLinear", ["x", "scale", "zero"], ["q"])
                .Node("DequantizeLinear", ["q", "scale", "zero"], ["y"])
                .Output("q", ElementType.UInt8).Output("y");

            var outputs = Imported.Run(model, Imported.Floats(-99f, 0.2f, 1f));

            Imported.AssertIs(outputs[0], "3", 0, 10, 12);
            Imported.AssertIs(outputs[1], "3", -5, 0, 1);
        }
    }

    [Fact]
    public void QuantizeLinear_without_zero_point_makes_UInt8_or_what_output_dtype_says()
    {
        OnnxBuilder Model(int opset, ElementType output, params (string, object)[] attributes) =>
            new OnnxBuilder(opset).Input("x", 1).Constant("s", [1f]).Node("QuantizeLinear", ["x", "s"], ["y"], attributes).Output("y", output);

        Assert.Equal(ElementType.UInt8, Imported.Graph(Model(13, ElementType.UInt8)).Outputs[0].Type.Element);
        var int16 = Imported.Graph(Model(21, ElementType.Int16, ("output_dtype", OnnxBuilder.DataType(ElementType.Int16))));
        Assert.Equal(ElementType.Int16, int16.Outputs[0].Type.Element);
        Assert.Equal("QMCU2004", Imported.Refusal(Model(21, ElementType.UInt8, ("output_dtype", 22))).Id);
    }

    [Fact]
    public void Scales_per_axis_need_opset_13_and_must_fit_the_axis()
    {
        OnnxBuilder Model(int opset, int scales, params (string, object)[] attributes) => new OnnxBuilder(opset)
            .Input("x", ElementType.Int8, 1, 2, 2).Constant("s", Enumerable.Range(1, scales).Select(i => (float)i).ToArray(), scales)
            .Node("DequantizeLinear", ["x", "s"], ["y"], attributes).Output("y");

        var x = Codes(ElementType.Int8, [1, 2, 2], 1, 2, 3, 4);
        Imported.AssertIs(Imported.Run(Model(13, 2), x)[0], "1x2x2", 1, 2, 6, 8);
        Imported.AssertIs(Imported.Run(Model(13, 2, ("axis", -1)), x)[0], "1x2x2", 1, 4, 3, 8);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(12, 2)).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(13, 3)).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(13, 2, ("axis", 3))).Id);
    }

    [Fact]
    public void Scales_per_block_are_read_since_opset_21()
    {
        OnnxBuilder Model(int opset, int block) => new OnnxBuilder(opset)
            .Input("x", ElementType.Int8, 1, 3).Constant("s", [1f, 10f], 1, 2)
            .Node("DequantizeLinear", ["x", "s"], ["y"], ("axis", 1), ("block_size", block)).Output("y");

        Imported.AssertIs(Imported.Run(Model(21, 2), Codes(ElementType.Int8, [1, 3], 1, 2, 3))[0], "1x3", 1, 2, 30);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(21, 1)).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(21, -2)).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(Model(13, 2)).Id);
    }

    [Fact]
    public void The_scale_of_constant_weights_stays_in_the_graph()
    {
        var model = new OnnxBuilder(13).Input("x", 1, 1, 2)
            .Constant("codes", Codes(ElementType.Int8, [1, 1, 1], 3)).Constant("s", [0.5f])
            .Node("DequantizeLinear", ["codes", "s"], ["w"]).Node("Conv", ["x", "w"], ["y"]).Output("y");

        Assert.Equal(["DequantizeLinear", "Conv"], Imported.Graph(model).Nodes.Select(node => node.Operator.Name));
    }

    [Fact]
    public void QLinearConv_becomes_Dequantize_Conv_and_Quantize_with_the_bias_in_units_of_both_scales()
    {
        var model = new OnnxBuilder(10).Input("x", ElementType.UInt8, 1, 1, 2)
            .Constant("xs", [0.5f]).Constant("xz", Codes(ElementType.UInt8, [], 2))
            .Constant("w", Codes(ElementType.Int8, [2, 1, 1], 3, -4)).Constant("ws", [1f, 2f], 2).Constant("wz", Codes(ElementType.Int8, [2], 0, 0))
            .Constant("ys", [0.25f]).Constant("yz", Codes(ElementType.UInt8, [], 100))
            .Constant("b", Codes(ElementType.Int32, [2], 4, 6))
            .Node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"]).Output("y", ElementType.UInt8);

        var graph = Imported.Graph(model);

        // Channel 0: (x - 2) / 2 * 3 + 4 / 2; channel 1: (x - 2) / 2 * -8 + 6 * 1; both over 1 / 4, plus 100.
        Imported.AssertIs(Imported.Run(model, Codes(ElementType.UInt8, [1, 1, 2], 2, 4))[0], "1x2x2", 108, 120, 124, 92);
        Assert.Equal(
            ["DequantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear"],
            graph.Nodes.Select(node => node.Operator.Name));
    }

    [Fact]
    public void QLinearMatMul_keeps_scales_of_rows_and_columns()
    {
        var model = new OnnxBuilder(10).Input("a", ElementType.UInt8, 2, 1)
            .Constant("as", [1f, 2f], 2).Constant("az", Codes(ElementType.UInt8, [2], 1, 0))
            .Constant("b", Codes(ElementType.Int8, [1, 2], 3, 4)).Constant("bs", [1f, 10f], 2).Constant("bz", Codes(ElementType.Int8, [2], 0, 3))
            .Constant("ys", [1f]).Constant("yz", Codes(ElementType.UInt8, [], 5))
            .Node("QLinearMatMul", ["a", "as", "az", "b", "bs", "bz", "ys", "yz"], ["y"]).Output("y", ElementType.UInt8);

        Imported.AssertIs(Imported.Run(model, Codes(ElementType.UInt8, [2, 1], 3, 2))[0], "2x2", 11, 25, 17, 45);
    }

    [Fact]
    public void ConvInteger_and_MatMulInteger_compute_integers()
    {
        var conv = new OnnxBuilder(10).Input("x", ElementType.UInt8, 1, 1, 3).Constant("w", Codes(ElementType.UInt8, [1, 1, 2], 1, 2))
            .Constant("xz", Codes(ElementType.UInt8, [], 1)).Constant("wz", Codes(ElementType.UInt8, [1], 1))
            .Node("ConvInteger", ["x", "w", "xz", "wz"], ["y"]).Output("y", ElementType.Int32);
        var product = new OnnxBuilder(10).Input("a", ElementType.UInt8, 1, 2).Constant("b", Codes(ElementType.Int8, [2, 2], 1, 2, 3, 4))
            .Constant("bz", Codes(ElementType.Int8, [2], 0, 1))
            .Node("MatMulInteger", ["a", "b", "", "bz"], ["y"]).Output("y", ElementType.Int32);

        Imported.AssertIs(Imported.Run(conv, Codes(ElementType.UInt8, [1, 1, 3], 5, 6, 7))[0], "1x1x2", 5, 6);
        Imported.AssertIs(Imported.Run(product, Codes(ElementType.UInt8, [1, 2], 10, 20))[0], "1x2", 70, 70);
    }

    [Fact]
    public void DynamicQuantizeLinear_has_three_outputs()
    {
        var model = new OnnxBuilder(11).Input("x", 3).Node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"])
            .Output("y", ElementType.UInt8).Output("scale").Output("zero", ElementType.UInt8);

        var outputs = Imported.Run(model, Imported.Floats(-1f, 0f, 1.55f));

        Imported.AssertIs(outputs[0], "3", 0, 100, 255);
        Imported.AssertIs(outputs[1], "scalar", 0.01);
        Imported.AssertIs(outputs[2], "scalar", 100);
    }

    [Theory]
    [InlineData("int16 codes", "QMCU2004")]
    [InlineData("float bias", "QMCU2005")]
    [InlineData("two x_scales", "QMCU2004")]
    [InlineData("w_scales of three", "QMCU2005")]
    public void QLinearConv_with_operands_that_do_not_fit_is_refused(string what, string id)
    {
        var codes = what == "int16 codes" ? ElementType.Int16 : ElementType.Int8;
        var bias = what == "float bias" ? Imported.Floats(1f, 2f) : Codes(ElementType.Int32, [2], 1, 2);
        var xs = what == "two x_scales" ? Imported.Floats(1f, 2f) : Tensor.Of(Shape.Scalar, [1f]);
        var ws = what == "w_scales of three" ? Imported.Floats(1f, 2f, 3f) : Imported.Floats(1f, 2f);
        var model = new OnnxBuilder(13).Input("x", codes, 1, 1, 2).Constant("xs", xs).Constant("z", Codes(codes, [], 0))
            .Constant("w", Codes(codes, [2, 1, 1], 3, -4)).Constant("ws", ws).Constant("ys", [1f]).Constant("b", bias)
            .Node("QLinearConv", ["x", "xs", "z", "w", "ws", "z", "ys", "z", "b"], ["y"]).Output("y", codes);

        Assert.Equal(id, Imported.Refusal(model).Id);
    }

    [Theory]
    [InlineData("QuantizeLinear", 0f)]
    [InlineData("QuantizeLinear", -1f)]
    [InlineData("DequantizeLinear", float.NaN)]
    [InlineData("DequantizeLinear", float.PositiveInfinity)]
    public void Scales_that_are_no_scales_are_invalid(string @operator, float scale)
    {
        var input = @operator == "QuantizeLinear" ? ElementType.Float32 : ElementType.UInt8;
        var model = new OnnxBuilder(13).Input("x", input, 1).Constant("s", [scale]).Node(@operator, ["x", "s"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    private static Tensor Codes(ElementType element, int[] shape, params long[] values) => Tensor.Of(new Shape(shape), values, element);
}
