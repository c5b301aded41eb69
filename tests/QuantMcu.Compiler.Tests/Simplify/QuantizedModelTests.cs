using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Models that came quantized keep their codes and scales.</summary>
public sealed class QuantizedModelTests
{
    [Fact]
    public void Weights_stay_codes_and_move_to_channels_last_with_their_scales()
    {
        var graph = Simplified.Verified(Quantized(new OnnxBuilder().Input("x", 1, 3, 6, 6), "x", "in")
            .Constant("w", Codes(1, 4, 3, 3, 3)).Constant("ws", Scales(4), 4)
            .Constant("b", Codes(2, 4, ElementType.Int32)).Constant("bs", Scales(4), 4)
            .Node("DequantizeLinear", ["w", "ws"], ["wf"], ("axis", 0))
            .Node("DequantizeLinear", ["b", "bs"], ["bf"], ("axis", 0))
            .Node("Conv", ["in", "wf", "bf"], ["c"])
            .Node("Relu", ["c"], ["r"])
            .QuantizedTo("r", "y")
            .Output("y"));

        Assert.Equal(
            "QuantizeLinear DequantizeLinear DequantizeLinear Conv+Relu QuantizeLinear DequantizeLinear",
            Simplified.Operators(graph));
        var conv = graph.Nodes.Single(node => node.Operator is Conv);
        var weights = graph.Nodes.Single(node => node.Outputs.Contains(conv.Inputs[1]!));
        Assert.Equal(new TensorType(ElementType.Int8, new Shape(4, 3, 3, 3)), weights.Inputs[0]!.Type);
        Assert.Equal(Codes(1, 4, 3, 3, 3).Integers[9], weights.Inputs[0]!.Constant!.Integers[1]);
        Assert.Equal(0, ((Dequantize)weights.Operator).Axis);
        Assert.NotNull(conv.Inputs[2]!.Constant);
    }

    [Theory]
    [InlineData("Gemm", 1)]
    [InlineData("Gemm", 0)]
    [InlineData("MatMul", 0)]
    public void Dense_weights_stay_codes_with_scales_per_output(string @operator, int transposed)
    {
        var shape = transposed == 1 ? new[] { 5, 48 } : new[] { 48, 5 };
        var model = Quantized(new OnnxBuilder().Input("x", 1, 3, 4, 4), "x", "in")
            .Constant("w", Codes(1, shape)).Constant("s", Scales(5), 5)
            .Random("k", 3, 3, 3, 1, 1)
            .Node("DequantizeLinear", ["w", "s"], ["d"], ("axis", 1 - transposed))
            .Node("Conv", ["in", "k"], ["c"])
            .QuantizedTo("c", "q")
            .Node("Flatten", ["q"], ["f"]);
        model = @operator == "Gemm"
            ? model.Node("Gemm", ["f", "d"], ["y"], ("transB", transposed))
            : model.Node("MatMul", ["f", "d"], ["y"]);

        var graph = Simplified.Verified(model.Output("y"));

        var conv = graph.Nodes.Last(node => node.Operator is Conv);
        var weights = graph.Nodes.Single(node => node.Outputs.Contains(conv.Inputs[1]!));
        Assert.Equal(new TensorType(ElementType.Int8, new Shape(5, 1, 1, 48)), weights.Inputs[0]!.Type);
        Assert.Equal(0, ((Dequantize)weights.Operator).Axis);
        Assert.DoesNotContain(graph.Nodes, node => node.Operator is Transpose);
    }

    [Fact]
    public void Dequantized_operands_that_are_no_weights_are_constants()
    {
        var graph = Simplified.Verified(new OnnxBuilder().Input("x", 1, 4)
            .Constant("k", Codes(1, 1, 4)).Constant("s", [0.25f])
            .Node("DequantizeLinear", ["k", "s"], ["d"])
            .Node("Mul", ["x", "d"], ["y"])
            .Output("y"));

        Assert.Equal("Reshape Conv Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void Nothing_folds_across_a_Quantize()
    {
        var graph = Simplified.Verified(Quantized(new OnnxBuilder().Input("x", 1, 3, 4, 4), "x", "in")
            .Random("w", 1, 4, 3, 1, 1).Random("m", 2, 4, 1, 1)
            .Node("Conv", ["in", "w"], ["c"])
            .QuantizedTo("c", "q")
            .Node("Mul", ["q", "m"], ["p"])
            .Node("Relu", ["p"], ["y"])
            .Output("y"));

        Assert.Equal(
            "QuantizeLinear DequantizeLinear Conv QuantizeLinear DequantizeLinear Conv+Relu", Simplified.Operators(graph));
    }

    [Fact]
    public void QLinearConv_keeps_its_codes()
    {
        var graph = Simplified.Verified(new OnnxBuilder().Input("x", 1, 3, 5, 5)
            .Constant("s", [0.05f]).Constant("z", Tensor.Of(Shape.Scalar, [128L], ElementType.UInt8))
            .Constant("w", Codes(1, 4, 3, 3, 3)).Constant("ws", Scales(4), 4)
            .Constant("wz", Tensor.Of(new Shape(4), new long[4], ElementType.Int8))
            .Node("QuantizeLinear", ["x", "s", "z"], ["q"])
            .Node("QLinearConv", ["q", "s", "z", "w", "ws", "wz", "s", "z"], ["c"])
            .Node("MaxPool", ["c"], ["p"], ("kernel_shape", new[] { 2, 2 }))
            .Node("DequantizeLinear", ["p", "s", "z"], ["y"])
            .Output("y"));

        Assert.Equal(
            "QuantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear MaxPool DequantizeLinear",
            Simplified.Operators(graph));
    }

    [Fact]
    public void A_model_of_codes_keeps_its_integer_input_and_output()
    {
        var graph = Simplified.Verified(new OnnxBuilder().Input("x", ElementType.UInt8, 1, 3, 5, 5)
            .Constant("s", [0.05f]).Constant("z", Tensor.Of(Shape.Scalar, [128L], ElementType.UInt8)).Random("w", 1, 4, 3, 3, 3)
            .Node("DequantizeLinear", ["x", "s", "z"], ["d"])
            .Node("Conv", ["d", "w"], ["c"])
            .Node("QuantizeLinear", ["c", "s", "z"], ["y"])
            .Output("y", ElementType.UInt8));

        Assert.Equal("DequantizeLinear Conv QuantizeLinear", Simplified.Operators(graph));
        Assert.Equal(new TensorType(ElementType.UInt8, new Shape(1, 5, 5, 3)), graph.Inputs[0].Type);
        Assert.Equal(new TensorType(ElementType.UInt8, new Shape(1, 3, 3, 4)), graph.Outputs[0].Type);
    }

    private static OnnxBuilder Quantized(OnnxBuilder model, string input, string output) => model
        .Constant("scale", [0.025f]).Constant("zero", Tensor.Of(Shape.Scalar, [120L], ElementType.UInt8))
        .QuantizedTo(input, output);

    private static float[] Scales(int count) => Enumerable.Range(1, count).Select(i => i / 64f).ToArray();

    private static Tensor Codes(int seed, params int[] shape) => Codes(seed, ElementType.Int8, shape);

    private static Tensor Codes(int seed, int length, ElementType type) => Codes(seed, type, length);

    private static Tensor Codes(int seed, ElementType type, params int[] shape)
    {
        var random = new System.Random(seed);
        var dimensions = new Shape(shape);
        var codes = Enumerable.Range(0, dimensions.Elements).Select(_ => (long)random.Next(-127, 128));
        return Tensor.Of(dimensions, codes.ToArray(), type);
    }
}

internal static class QuantizedSteps
{
    /// <summary>QuantizeLinear and DequantizeLinear by "scale" and "zero".</summary>
    public static OnnxBuilder QuantizedTo(this OnnxBuilder model, string input, string output) => model
        .Node("QuantizeLinear", [input, "scale", "zero"], [output + "_codes"])
        .Node("DequantizeLinear", [output + "_codes", "scale", "zero"], [output]);
}
