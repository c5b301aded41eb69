using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class ElementwiseImportTests
{
    [Theory]
    [InlineData("Add", 12, 7)]
    [InlineData("Sub", 8, 3)]
    [InlineData("Mul", 20, 10)]
    [InlineData("Div", 5, 2.5)]
    [InlineData("Pow", 100, 25)]
    [InlineData("Min", 2, 2)]
    [InlineData("Max", 10, 5)]
    [InlineData("Sum", 12, 7)]
    public void Functions_of_two_tensors_broadcast_in_every_opset(string @operator, double y0, double y1)
    {
        var x = Tensor.Of(new Shape(1, 2), [10f, 5f]);
        foreach (int opset in Imported.Opsets())
            Imported.AssertIs(Imported.Node(opset, @operator, x, [], ("b", Imported.Floats(2f))), "1x2", y0, y1);
    }

    [Theory]
    [InlineData("Sum", 10)]
    [InlineData("Min", 1)]
    [InlineData("Max", 4)]
    public void Functions_of_many_tensors_become_a_chain(string @operator, double expected)
    {
        var model = new OnnxBuilder(13).Input("x", 1)
            .Constant("b", [2f], 1).Constant("c", [3f], 1).Constant("d", [4f], 1)
            .Node(@operator, ["x", "b", "c", "d"], ["y"]).Output("y");

        Assert.Equal(3, Imported.Graph(model).Nodes.Length);
        Imported.AssertIs(Imported.Run(model, Imported.Floats(1f))[0], "1", expected);
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("Min")]
    [InlineData("Max")]
    public void Functions_of_many_tensors_of_one_tensor_are_the_identity(string @operator)
    {
        var model = new OnnxBuilder(13).Input("x", 2).Node(@operator, ["x"], ["y"]).Output("y");

        Assert.IsType<Identity>(Assert.Single(Imported.Graph(model).Nodes).Operator);
    }

    [Fact]
    public void Pow_may_mix_types_since_opset_12()
    {
        var exponent = Tensor.Of(new Shape(1), [3L]);
        Imported.AssertIs(Imported.Node(12, "Pow", Imported.Floats(2f), [], ("e", exponent)), "1", 8);

        var old = new OnnxBuilder(11).Input("x", 1).Constant("e", exponent).Node("Pow", ["x", "e"], ["y"]).Output("y");
        Assert.Equal("QMCU2005", Imported.Refusal(old).Id);
    }

    [Fact]
    public void Operands_of_different_types_are_refused()
    {
        var model = new OnnxBuilder(13).Input("x", 1).Input("i", ElementType.Int32, 1).Node("Add", ["x", "i"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void Gemm_applies_its_attributes_in_every_opset()
    {
        var a = Tensor.Of(new Shape(2, 1), [1f, 2f]);
        var b = Tensor.Of(new Shape(2, 2), [1f, 2f, 3f, 4f]);
        foreach (int opset in Imported.Opsets())
        {
            var y = Imported.Node(
                opset, "Gemm", a, [("alpha", 2f), ("beta", 10f), ("transA", 1), ("transB", 1)], ("b", b), ("c", Imported.Floats(1f)));
            Imported.AssertIs(y, "1x2", 20, 32);
        }
    }

    [Fact]
    public void Gemm_needs_its_third_input_before_opset_11()
    {
        OnnxBuilder Model(int opset) =>
            new OnnxBuilder(opset).Input("x", 1, 2).Random("w", 1, 2, 3).Node("Gemm", ["x", "w"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(Model(10)).Id);
        Assert.Single(Imported.Graph(Model(11)).Nodes);
    }

    [Fact]
    public void MatMul_broadcasts_batches()
    {
        var a = Imported.Range(2, 1, 2);
        var b = Tensor.Of(new Shape(2, 1), [1f, 10f]);
        foreach (int opset in Imported.Opsets())
            Imported.AssertIs(Imported.Node(opset, "MatMul", a, [], ("b", b)), "2x1x1", 10, 32);
    }

    [Fact]
    public void BatchNormalization_is_read_in_every_opset_and_momentum_means_nothing()
    {
        var x = Tensor.Of(new Shape(1, 2, 1), [3f, 5f]);
        foreach (int opset in Imported.Opsets())
        {
            var y = Imported.Node(
                opset, "BatchNormalization", x, [("epsilon", 0f), ("momentum", 0.5f)],
                ("scale", Imported.Floats(2f, 3f)), ("bias", Imported.Floats(0f, 1f)),
                ("mean", Imported.Floats(1f, 1f)), ("var", Imported.Floats(4f, 16f)));
            Imported.AssertIs(y, "1x2x1", 2, 4);
        }
    }

    [Fact]
    public void BatchNormalization_in_training_mode_is_refused()
    {
        var model = BatchNormalization(15, ["y"], ("training_mode", 1));

        Assert.Equal("QMCU2004", Imported.Refusal(model).Id);
    }

    [Fact]
    public void BatchNormalization_may_name_outputs_of_training_in_vain_before_opset_14()
    {
        Assert.Single(Imported.Graph(BatchNormalization(9, ["y", "mean", "var", "saved_mean", "saved_var"])).Nodes);
    }

    [Fact]
    public void An_output_of_training_that_is_used_is_refused_where_it_is_used()
    {
        var model = BatchNormalization(9, ["z", "mean_out"]).Node("Relu", ["mean_out"], ["y"]);

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2004", refusal.Id);
        Assert.Contains("'mean_out'", refusal.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void BatchNormalization_of_single_elements_is_refused() =>
        Assert.Equal("QMCU2004", Imported.Refusal(BatchNormalization(7, ["y"], ("spatial", 0))).Id);

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(22)]
    public void Dropout_is_the_identity_and_its_mask_keeps_everything(int opset)
    {
        var mask = opset < 10 ? ElementType.Float32 : ElementType.Bool;
        var model = new OnnxBuilder(opset).Input("x", 2, 2).Node("Dropout", ["x"], ["y", "mask"]).Output("y").Output("mask", mask);

        var outputs = Imported.Run(model, Imported.Range(2, 2));

        Imported.AssertIs(outputs[0], "2x2", 0, 1, 2, 3);
        Imported.AssertIs(outputs[1], "2x2", 1, 1, 1, 1);
        Assert.Equal(mask, outputs[1].Element);
    }

    [Fact]
    public void Dropout_in_training_mode_is_refused_unless_its_ratio_is_zero()
    {
        OnnxBuilder Model(float ratio) => new OnnxBuilder(13).Input("x", 2)
            .Constant("ratio", [ratio]).Constant("training", Tensor.Of(Shape.Scalar, [1L], ElementType.Bool))
            .Node("Dropout", ["x", "ratio", "training"], ["y"]).Output("y");

        Assert.Equal("QMCU2004", Imported.Refusal(Model(0.5f)).Id);
        Assert.IsType<Identity>(Assert.Single(Imported.Graph(Model(0f)).Nodes).Operator);
    }

    [Fact]
    public void Identity_of_a_constant_is_the_constant()
    {
        var model = new OnnxBuilder(13).Input("x", 2).Random("w", 1, 2).Node("Identity", ["w"], ["v"]).Node("Add", ["x", "v"], ["y"]).Output("y");

        Assert.NotNull(Assert.Single(Imported.Graph(model).Nodes).Inputs[1]!.Constant);
    }

    [Theory]
    [InlineData(ElementType.Int32, 1)]
    [InlineData(ElementType.UInt8, 1)]
    [InlineData(ElementType.Float16, 1.5)]
    [InlineData(ElementType.Bool, 1)]
    public void Cast_reads_its_target(ElementType to, double expected)
    {
        var model = new OnnxBuilder(13).Input("x", 1).Node("Cast", ["x"], ["y"], ("to", OnnxBuilder.DataType(to))).Output("y", to);

        var y = Imported.Run(model, Imported.Floats(1.5f))[0];

        Assert.Equal(to, y.Element);
        Imported.AssertIs(y, "1", expected);
    }

    [Theory]
    [InlineData(8, "string")]
    [InlineData(16, "bfloat16")]
    [InlineData(17, "float8e4m3fn")]
    [InlineData(22, "int4")]
    [InlineData(99, "number 99")]
    public void Cast_to_a_type_that_is_not_read_names_it(int to, string name)
    {
        var model = new OnnxBuilder(19).Input("x", 1).Node("Cast", ["x"], ["y"], ("to", to)).Output("y");

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2004", refusal.Id);
        Assert.Contains(name, refusal.Message, System.StringComparison.Ordinal);
    }

    private static OnnxBuilder BatchNormalization(int opset, string[] outputs, params (string Name, object Value)[] attributes) =>
        new OnnxBuilder(opset).Input("x", 1, 2, 1, 1)
            .Random("s", 1, 2).Random("b", 2, 2).Random("m", 3, 2).Constant("v", [1f, 1f], 2)
            .Node("BatchNormalization", ["x", "s", "b", "m", "v"], outputs, attributes).Output("y");
}
