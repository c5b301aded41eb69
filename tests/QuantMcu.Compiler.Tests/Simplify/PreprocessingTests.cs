using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>The graph input becomes the raw code.</summary>
public sealed class PreprocessingTests
{
    private static readonly double[] Mean = [124, 116.25, 104];

    private static readonly double[] Std = [58.5, 57, 57.5];

    [Fact]
    public void Preprocessing_folds_into_the_first_convolution_and_its_padding()
    {
        var graph = Simplified.Verified(Convolution([1, 1, 1, 1]), Simplified.Preprocessing(Mean, Std));

        Assert.Equal("Conv", Simplified.Operators(graph));
        Assert.Equal([124f, 116.25f, 104f], ((Conv)graph.Nodes[0].Operator).PadValues.ToArray());
    }

    [Fact]
    public void A_convolution_without_padding_gets_no_padding_values()
    {
        var graph = Simplified.Verified(Convolution([0, 0, 0, 0]), Simplified.Preprocessing(Mean, Std));

        Assert.Empty(((Conv)Assert.Single(graph.Nodes).Operator).PadValues);
    }

    [Fact]
    public void Weights_are_rounded_once()
    {
        var source = Simplified.Source(Convolution([0, 0, 0, 0]));
        var plain = Simplifier.Run(source, null, CancellationToken.None);

        var folded = Simplifier.Run(source, Simplified.Preprocessing(Mean, Std), CancellationToken.None);

        Assert.Equal(Weights(plain).Select((w, i) => (float)(w * (1 / Std[i % 3]))), Weights(folded));

        static float[] Weights(NetworkGraph graph) => graph.Nodes[0].Inputs[1]!.Constant!.Floats;
    }

    [Fact]
    public void Preprocessing_reaches_a_depthwise_convolution_and_both_of_two_convolutions()
    {
        var graph = Simplified.Verified(
            new OnnxBuilder().Input("x", 1, 3, 5, 5).Random("w", 1, 6, 1, 3, 3).Random("v", 2, 6, 3, 3, 3)
                .Node("Conv", ["x", "w"], ["a"], ("group", 3)).Node("Conv", ["x", "v"], ["b"])
                .Node("Add", ["a", "b"], ["y"]).Output("y"),
            Simplified.Preprocessing(Mean, Std));

        Assert.Equal("Conv Conv Add", Simplified.Operators(graph));
    }

    [Fact]
    public void Normalization_inside_the_model_joins_the_preprocessing_even_before_padding()
    {
        var graph = Simplified.Verified(
            new OnnxBuilder().Input("x", 1, 3, 5, 5).Random("w", 1, 4, 3, 3, 3)
                .Constant("mean", [0.4f, 0.5f, 0.6f], 3, 1, 1).Constant("std", [0.2f, 0.3f, 0.25f], 3, 1, 1)
                .Node("Sub", ["x", "mean"], ["s"]).Node("Div", ["s", "std"], ["d"])
                .Node("Conv", ["d", "w"], ["y"], ("pads", new[] { 1, 1, 1, 1 })).Output("y"),
            Simplified.Preprocessing([0, 0, 0], [255, 255, 255]));

        Assert.Equal("Conv", Simplified.Operators(graph));
        var padding = ((Conv)graph.Nodes[0].Operator).PadValues;
        Assert.Equal([102f, 127.5f, 153f], padding.Select(value => (float)System.Math.Round(value, 3)));
    }

    [Fact]
    public void Other_consumers_of_the_input_read_a_depthwise_convolution()
    {
        var graph = Simplified.Verified(
            new OnnxBuilder().Input("x", 1, 3, 5, 5).Random("w", 1, 3, 3, 1, 1)
                .Node("Conv", ["x", "w"], ["c"]).Node("Sigmoid", ["x"], ["s"]).Node("Mul", ["c", "s"], ["m"])
                .Node("Add", ["m", "x"], ["y"])
                .Output("y"),
            Simplified.Preprocessing(Mean, Std));

        Assert.Equal("Conv Conv Sigmoid Mul Add", Simplified.Operators(graph));
        Assert.Single(graph.Nodes, node => node.Operator is Conv { Groups: 3 });
    }

    [Fact]
    public void Uniform_preprocessing_passes_a_Reshape()
    {
        var graph = Simplified.Verified(
            new OnnxBuilder().Input("x", 1, 12).Random("w", 1, 12, 4).Node("MatMul", ["x", "w"], ["y"]).Output("y"),
            Simplified.Preprocessing(Enumerable.Repeat(127.5, 12).ToArray(), Enumerable.Repeat(64.0, 12).ToArray()));

        Assert.Equal("Reshape Conv Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void Preprocessing_that_differs_by_channel_stops_at_a_Reshape_that_mixes_channels()
    {
        var graph = Simplified.Verified(
            new OnnxBuilder().Input("x", 1, 4, 3).Random("w", 1, 12, 4).Integers("flat", 1, 12)
                .Node("Reshape", ["x", "flat"], ["r"]).Node("MatMul", ["r", "w"], ["y"]).Output("y"),
            Simplified.Preprocessing(Mean, Std));

        Assert.Equal("Reshape Conv Reshape Conv Reshape", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 1, 4, 3), graph.Nodes[0].Output.Shape);
    }

    [Fact]
    public void Preprocessing_for_another_number_of_channels_is_refused()
    {
        var source = Simplified.Source(Convolution([0, 0, 0, 0]));

        var error = Assert.Throws<ModelException>(
            () => Simplifier.Run(source, Simplified.Preprocessing([1, 2], [1, 2]), CancellationToken.None));

        Assert.Equal(RequestRules.PreprocessingDoesNotFit.Id, error.Diagnostic.Id);
    }

    private static OnnxBuilder Convolution(int[] pads) => new OnnxBuilder()
        .Input("x", 1, 3, 5, 5).Random("w", 1, 4, 3, 3, 3).Random("b", 2, 4)
        .Node("Conv", ["x", "w", "b"], ["y"], ("pads", pads)).Output("y");
}
