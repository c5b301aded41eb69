using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>What folds into convolutions, and what must not.</summary>
public sealed class FoldTests
{
    [Fact]
    public void BatchNormalization_without_a_convolution_before_it_folds_forward()
    {
        var graph = Simplified.Verified(Normalization(new OnnxBuilder().Input("x", 1, 3, 5, 5), "x", "n", 3)
            .Random("w", 9, 4, 3, 3, 3).Node("Conv", ["n", "w"], ["c"])
            .Node("Relu", ["c"], ["r"])
            .Output("r"));

        Assert.Equal("Conv+Relu", Simplified.Operators(graph));
    }

    [Fact]
    public void BatchNormalization_between_activation_and_padded_convolution_stays_a_depthwise_convolution()
    {
        var graph = Simplified.Verified(Normalization(Convolution("c").Node("Relu", ["c"], ["r"]), "r", "n", 4)
            .Random("v", 9, 2, 4, 3, 3)
            .Node("Conv", ["n", "v"], ["y"], ("pads", new[] { 1, 1, 1, 1 }))
            .Output("y"));

        Assert.Equal("Conv+Relu Conv Conv", Simplified.Operators(graph));
        Assert.Equal(4, ((Conv)graph.Nodes[1].Operator).Groups);
    }

    [Fact]
    public void BatchNormalization_between_activation_and_unpadded_convolution_folds_forward()
    {
        var graph = Simplified.Verified(Normalization(Convolution("c").Node("Relu", ["c"], ["r"]), "r", "n", 4)
            .Random("v", 9, 4, 2, 3, 3)
            .Node("Conv", ["n", "v"], ["y"], ("group", 2))
            .Output("y"));

        Assert.Equal("Conv+Relu Conv", Simplified.Operators(graph));
    }

    [Fact]
    public void BatchNormalization_of_a_convolution_with_another_consumer_does_not_change_that_consumer()
    {
        var graph = Simplified.Verified(Normalization(Convolution("c"), "c", "n", 4)
            .Node("Add", ["c", "n"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Conv Add", Simplified.Operators(graph));
    }

    [Fact]
    public void BatchNormalization_of_a_dense_layer_folds_into_it()
    {
        var graph = Simplified.Verified(Normalization(
                new OnnxBuilder().Input("x", 1, 6).Random("d", 1, 6, 4).Node("MatMul", ["x", "d"], ["m"]), "m", "n", 4)
            .Node("Relu", ["n"], ["y"])
            .Output("y"));

        Assert.Equal("Reshape Conv+Relu Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void Sums_and_products_with_a_constant_per_channel_fold_into_the_convolution()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Random("scale", 5, 1, 4, 1, 1).Random("shift", 6, 4, 1, 1).Constant("two", [2f]).Constant("three", [3f], 1)
            .Node("Mul", ["c", "scale"], ["m"])
            .Node("Add", ["shift", "m"], ["a"])
            .Node("Div", ["a", "two"], ["d"])
            .Node("Sub", ["three", "d"], ["y"])
            .Output("y"));

        Assert.Equal("Conv", Simplified.Operators(graph));
    }

    [Fact]
    public void A_constant_that_varies_over_the_image_is_not_folded()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Random("map", 5, 1, 1, 3, 3)
            .Node("Add", ["c", "map"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Add", Simplified.Operators(graph));
    }

    [Fact]
    public void Zero_padding_folds_into_the_convolution()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 5, 5).Integers("pads", 0, 0, 0, 1, 0, 0, 2, 3).Random("w", 1, 4, 3, 3, 3)
            .Node("Pad", ["x", "pads"], ["p"])
            .Node("Conv", ["p", "w"], ["y"], ("pads", new[] { 1, 0, 0, 0 }))
            .Output("y"));

        Assert.Equal("Conv", Simplified.Operators(graph));
        Assert.Equal([1, 1], ((Conv)graph.Nodes[0].Operator).Window.PadsBegin.ToArray());
        Assert.Equal([2, 3], ((Conv)graph.Nodes[0].Operator).Window.PadsEnd.ToArray());
    }

    [Theory]
    [InlineData("reflect", 0f)]
    [InlineData("constant", 1f)]
    public void Other_padding_does_not_fold_into_the_convolution(string mode, float value)
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 5, 5).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).Constant("value", [value]).Random("w", 1, 4, 3, 3, 3)
            .Node("Pad", ["x", "pads", "value"], ["p"], ("mode", mode))
            .Node("Conv", ["p", "w"], ["y"])
            .Output("y"));

        Assert.Equal("Pad Conv", Simplified.Operators(graph));
    }

    [Fact]
    public void Zero_padding_folds_into_an_AveragePool_that_then_counts_it()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 6, 6).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .Node("Pad", ["x", "pads"], ["p"])
            .Node("AveragePool", ["p"], ["y"], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }))
            .Output("y"));

        Assert.Equal("AveragePool", Simplified.Operators(graph));
        Assert.True(((AveragePool)graph.Nodes[0].Operator).CountIncludePad);
    }

    [Fact]
    public void Zero_padding_does_not_fold_into_an_AveragePool_whose_own_padding_is_not_counted()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 6, 6).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .Node("Pad", ["x", "pads"], ["p"])
            .Node("AveragePool", ["p"], ["y"], ("kernel_shape", new[] { 3, 3 }), ("pads", new[] { 1, 1, 1, 1 }))
            .Output("y"));

        Assert.Equal("Pad AveragePool", Simplified.Operators(graph));
    }

    [Theory]
    [InlineData("Relu", "Conv+Relu MaxPool")]
    [InlineData("Sigmoid", "Conv Sigmoid MaxPool")]
    [InlineData("Tanh", "Conv Tanh Pad MaxPool")]
    public void Zero_padding_folds_into_a_MaxPool_of_what_cannot_be_negative(string activation, string expected)
    {
        var graph = Simplified.Verified(Convolution("c")
            .Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .Node(activation, ["c"], ["r"])
            .Node("Pad", ["r", "pads"], ["p"])
            .Node("MaxPool", ["p"], ["y"], ("kernel_shape", new[] { 2, 2 }))
            .Output("y"));

        Assert.Equal(expected, Simplified.Operators(graph));
    }

    [Fact]
    public void Padding_wider_than_the_MaxPool_window_does_not_fold()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Integers("pads", 0, 0, 2, 2, 0, 0, 2, 2)
            .Node("Relu", ["c"], ["r"])
            .Node("Pad", ["r", "pads"], ["p"])
            .Node("MaxPool", ["p"], ["y"], ("kernel_shape", new[] { 2, 2 }))
            .Output("y"));

        Assert.Equal("Conv+Relu Pad MaxPool", Simplified.Operators(graph));
    }

    [Fact]
    public void Clips_merge_and_fuse_into_Conv_and_Binary()
    {
        var graph = Simplified.Verified(Convolution("c").Constant("six", [6f])
            .Node("Relu", ["c"], ["r"])
            .Node("Min", ["r", "six"], ["m"])
            .Node("Abs", ["m"], ["a"])
            .Node("Add", ["m", "a"], ["s"])
            .Node("Relu", ["s"], ["y"])
            .Output("y"));

        Assert.Equal("Conv+Clip Abs Add+Relu", Simplified.Operators(graph));
        Assert.Equal(new Clamp(0, 6), ((Conv)graph.Nodes[0].Operator).Clamp);
    }

    [Fact]
    public void A_Clip_of_a_value_with_another_consumer_stays()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Node("Relu", ["c"], ["r"])
            .Node("Add", ["c", "r"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Relu Add", Simplified.Operators(graph));
    }

    [Fact]
    public void A_Clip_of_an_output_of_the_network_stays()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Node("Relu", ["c"], ["r"])
            .Output("c").Output("r"));

        Assert.Equal("Conv Relu", Simplified.Operators(graph));
    }

    [Fact]
    public void A_Clip_moves_before_the_MaxPool()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Node("MaxPool", ["c"], ["p"], ("kernel_shape", new[] { 2, 2 }))
            .Node("Relu", ["p"], ["y"])
            .Output("y"));

        Assert.Equal("Conv+Relu MaxPool", Simplified.Operators(graph));
        Assert.Equal("y", graph.Outputs[0].Name);
    }

    [Fact]
    public void A_residual_shortcut_by_Slice_and_channel_Pad_keeps_its_two_copies()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Integers("starts", 0, 0).Integers("ends", 99, 99).Integers("axes", 2, 3).Integers("steps", 2, 2)
            .Integers("pads", 0, 2, 0, 0, 0, 2, 0, 0)
            .Random("v", 2, 8, 4, 3, 3)
            .Node("Slice", ["c", "starts", "ends", "axes", "steps"], ["s"])
            .Node("Pad", ["s", "pads"], ["p"])
            .Node("Conv", ["c", "v"], ["d"], ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
            .Node("Add", ["p", "d"], ["a"])
            .Node("Relu", ["a"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Slice Pad Conv Add+Relu", Simplified.Operators(graph));
        Assert.Equal([0, 0, 0, 2], ((Pad)graph.Nodes[2].Operator).Begin.ToArray());
    }

    [Fact]
    public void Concat_with_zeros_is_a_Pad_and_pooling_of_single_elements_a_Slice()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Constant("zeros", new float[8], 1, 2, 2, 2)
            .Node("MaxPool", ["c"], ["s"], ("kernel_shape", new[] { 1, 1 }), ("strides", new[] { 2, 2 }))
            .Node("Concat", ["zeros", "s", "zeros"], ["y"], ("axis", 1))
            .Output("y"));

        Assert.Equal("Conv Slice Pad", Simplified.Operators(graph));
    }

    [Fact]
    public void Pools_of_the_whole_image_are_reductions()
    {
        var graph = Simplified.Verified(Convolution("c")
            .Node("AveragePool", ["c"], ["a"], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 3, 3 }))
            .Node("MaxPool", ["c"], ["m"], ("kernel_shape", new[] { 3, 3 }))
            .Node("GlobalMaxPool", ["c"], ["g"])
            .Node("Sum", ["a", "m", "g"], ["y"])
            .Output("y"));

        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is Reduce { Kind: ReduceKind.Mean }));
        Assert.Equal(2, graph.Nodes.Count(node => node.Operator is Reduce { Kind: ReduceKind.Max }));
        Assert.DoesNotContain(graph.Nodes, node => node.Operator is AveragePool or MaxPool);
    }

    [Fact]
    public void Constants_and_shapes_fold_and_no_ops_vanish()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 4, 3, 3)
            .Random("w", 1, 16, 1, 1).Random("s", 2, 4, 4, 1, 1).Integers("like", 4, 4, 1, 1)
            .Node("Identity", ["x"], ["i"])
            .Node("Dropout", ["i"], ["d"])
            .Node("Cast", ["d"], ["k"], ("to", 1))
            .Node("Reshape", ["w", "like"], ["r"])
            .Node("Add", ["r", "s"], ["v"])
            .Node("Conv", ["k", "v"], ["c"])
            .Node("Shape", ["c"], ["h"])
            .Node("Reshape", ["c", "h"], ["y"])
            .Output("y"));

        Assert.Equal("Conv", Simplified.Operators(graph));
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Float64)]
    public void Half_and_double_networks_become_Float32(ElementType type)
    {
        var weights = Enumerable.Range(0, 27).Select(i => (i - 13) / 16f).ToArray();
        var kernel = type == ElementType.Float64
            ? Tensor.Of(new Shape(1, 3, 3, 3), weights.Select(w => (double)w).ToArray())
            : Tensor.Of(new Shape(1, 3, 3, 3), weights, type);
        var source = Simplified.Source(new OnnxBuilder()
            .Input("x", type, 1, 3, 5, 5).Constant("w", kernel)
            .Node("Conv", ["x", "w"], ["y"])
            .Output("y", type));

        var graph = Simplified.Within(source, type == ElementType.Float16 ? 1e-2 : Simplified.Tolerance);

        Assert.Equal(ElementType.Float32, graph.Inputs[0].Type.Element);
        Assert.Equal(ElementType.Float32, graph.Outputs[0].Type.Element);
    }

    /// <summary>x[1, 3, 5, 5] convolved to a value [1, 4, 3, 3].</summary>
    private static OnnxBuilder Convolution(string output) => new OnnxBuilder()
        .Input("x", 1, 3, 5, 5).Random("w", 1, 4, 3, 3, 3).Random("b", 2, 4)
        .Node("Conv", ["x", "w", "b"], [output]);

    private static OnnxBuilder Normalization(OnnxBuilder model, string input, string output, int channels) => model
        .Random("scale", 11, channels).Random("shift", 12, channels).Random("mean", 13, channels)
        .Constant("variance", Enumerable.Range(1, channels).Select(c => c / 2f).ToArray(), channels)
        .Node("BatchNormalization", [input, "scale", "shift", "mean", "variance"], [output], ("epsilon", 1e-3f));
}
