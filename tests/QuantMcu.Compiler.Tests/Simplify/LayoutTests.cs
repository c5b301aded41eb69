using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Channels last: what moves, what does not have to.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Images_become_channels_last_at_inputs_and_outputs()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 5, 7).Random("w", 1, 4, 3, 3, 3).Node("Conv", ["x", "w"], ["y"]).Output("y"));

        Assert.Equal("Conv", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 5, 7, 3), graph.Inputs[0].Shape);
        Assert.Equal(new Shape(1, 3, 5, 4), graph.Outputs[0].Shape);
        Assert.Equal("y", graph.Outputs[0].Name);
        Assert.Equal(new Shape(4, 3, 3, 3), graph.Nodes[0].Inputs[1]!.Shape);
    }

    [Fact]
    public void A_one_dimensional_network_becomes_two_dimensional()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 16)
            .Random("w", 1, 4, 3, 5)
            .Node("Conv", ["x", "w"], ["c"], ("pads", new[] { 2, 1 }), ("strides", new[] { 2 }), ("dilations", new[] { 1 }))
            .Node("Relu", ["c"], ["r"])
            .Node("MaxPool", ["r"], ["p"], ("kernel_shape", new[] { 2 }))
            .Node("GlobalAveragePool", ["p"], ["g"])
            .Node("Flatten", ["g"], ["f"])
            .Random("d", 2, 4, 6)
            .Node("MatMul", ["f", "d"], ["y"])
            .Output("y"));

        Assert.Equal("Conv+Relu MaxPool ReduceMean Conv Reshape", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 1, 16, 3), graph.Inputs[0].Shape);
        Assert.Equal(new Shape(1, 6), graph.Outputs[0].Shape);
    }

    [Fact]
    public void Flatten_before_a_dense_layer_permutes_its_weights()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 2, 6, 5)
            .Random("w", 1, 3, 2, 3, 3)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Flatten", ["c"], ["f"])
            .Random("d", 2, 7, 36).Random("e", 3, 7)
            .Node("Gemm", ["f", "d", "e"], ["y"], ("transB", 1))
            .Output("y"));

        Assert.Equal("Conv Reshape Conv Reshape", Simplified.Operators(graph));
        Assert.Equal(new Shape(7, 1, 1, 36), graph.Nodes[2].Inputs[1]!.Shape);
    }

    [Fact]
    public void Elementwise_functions_between_Flatten_and_the_dense_layer_do_not_stop_it()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 2, 6, 5)
            .Random("w", 1, 3, 2, 3, 3)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Flatten", ["c"], ["f"])
            .Node("Relu", ["f"], ["r"])
            .Node("Sigmoid", ["r"], ["s"])
            .Random("d", 2, 36, 7)
            .Node("MatMul", ["s", "d"], ["y"])
            .Output("y"));

        Assert.Equal("Conv+Relu Sigmoid Reshape Conv Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void Flatten_to_an_output_needs_the_one_Transpose()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 2, 6, 5)
            .Random("w", 1, 3, 2, 3, 3)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Flatten", ["c"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Transpose Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void A_network_exported_from_channels_last_loses_its_Transposes()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 6, 5, 2)
            .Random("w", 1, 3, 2, 3, 3).Random("v", 2, 3, 1, 1, 1).Random("b", 3, 3)
            .Node("Transpose", ["x"], ["t"], ("perm", new[] { 0, 3, 1, 2 }))
            .Node("Conv", ["t", "w"], ["c"])
            .Node("Transpose", ["c"], ["u"], ("perm", new[] { 0, 2, 3, 1 }))
            .Node("Add", ["u", "b"], ["a"])
            .Node("Relu", ["a"], ["r"])
            .Node("Transpose", ["r"], ["s"], ("perm", new[] { 0, 3, 1, 2 }))
            .Node("Conv", ["s", "v"], ["d"], ("group", 3))
            .Node("Transpose", ["d"], ["y"], ("perm", new[] { 0, 2, 3, 1 }))
            .Output("y"));

        Assert.Equal("Conv+Relu Conv", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 6, 5, 2), graph.Inputs[0].Shape);
        Assert.Equal(new Shape(1, 4, 3, 3), graph.Outputs[0].Shape);
    }

    [Fact]
    public void Operators_with_axes_follow_the_layout()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 4, 6, 8)
            .Random("w", 1, 4, 4, 1, 1)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Split", ["c"], ["s1", "s2"], ("axis", 1))
            .Node("Concat", ["s2", "s1", "c"], ["k"], ("axis", 1))
            .Integers("starts", 1, 7).Integers("ends", 5, 0).Integers("axes", 2, 3).Integers("steps", 2, -3)
            .Node("Slice", ["k", "starts", "ends", "axes", "steps"], ["l"])
            .Integers("pads", 0, 1, 2, 0, 0, 3, 0, 1)
            .Node("Pad", ["l", "pads"], ["p"])
            .Node("ReduceMax", ["p"], ["m"], ("axes", new[] { 2 }), ("keepdims", 0))
            .Node("Softmax", ["m"], ["y"], ("axis", 1))
            .Output("y"));

        Assert.Equal("Conv Split Concat Slice Pad ReduceMax Reshape Softmax", Operators(graph));
        Assert.Equal(new Shape(1, 4, 12), graph.Nodes[6].Output.Shape);

        static string Operators(NetworkGraph graph) => string.Join(" ", graph.Nodes.Select(node => node.Operator.Name).Take(8));
    }

    [Fact]
    public void Resize_follows_the_layout()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 4, 5)
            .Random("w", 1, 2, 3, 1, 1)
            .Node("Conv", ["x", "w"], ["c"])
            .Constant("scales", [1f, 1f, 2f, 3f], 4)
            .Node("Resize", ["c", "", "scales"], ["y"], ("mode", "linear"))
            .Output("y"));

        Assert.Equal("Conv Resize", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 8, 15, 2), graph.Outputs[0].Shape);
    }

    [Fact]
    public void A_squeeze_and_excitation_block_needs_no_Transpose()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 6, 6)
            .Random("w", 1, 8, 3, 3, 3).Random("s", 2, 2, 8, 1, 1).Random("e", 3, 8, 2, 1, 1)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("GlobalAveragePool", ["c"], ["g"])
            .Node("Conv", ["g", "s"], ["h"])
            .Node("Relu", ["h"], ["r"])
            .Node("Conv", ["r", "e"], ["i"])
            .Node("Sigmoid", ["i"], ["k"])
            .Node("Mul", ["c", "k"], ["y"])
            .Output("y"));

        Assert.Equal("Conv ReduceMean Conv+Relu Conv Sigmoid Mul", Simplified.Operators(graph));
    }

    [Fact]
    public void Squeeze_and_excitation_with_dense_layers_needs_no_Transpose()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 6, 6)
            .Random("w", 1, 8, 3, 3, 3).Random("s", 2, 8, 2).Random("e", 3, 2, 8)
            .Integers("shape", 1, 8, 1, 1)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("ReduceMean", ["c"], ["g"], ("axes", new[] { 2, 3 }), ("keepdims", 0))
            .Node("MatMul", ["g", "s"], ["h"])
            .Node("Relu", ["h"], ["r"])
            .Node("MatMul", ["r", "e"], ["i"])
            .Node("Sigmoid", ["i"], ["k"])
            .Node("Reshape", ["k", "shape"], ["l"])
            .Node("Mul", ["l", "c"], ["y"])
            .Output("y"));

        Assert.Equal("Conv ReduceMean Conv+Relu Conv Sigmoid Mul", Simplified.Operators(graph));
    }

    [Fact]
    public void A_channel_shuffle_before_a_convolution_permutes_its_weights()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 6, 4, 5)
            .Random("w", 1, 6, 2, 1, 1).Random("v", 2, 4, 6, 1, 1)
            .Integers("split", 1, 3, 2, 4, 5).Integers("join", 1, 6, 4, 5)
            .Node("Conv", ["x", "w"], ["c"], ("group", 3))
            .Node("Reshape", ["c", "split"], ["s"])
            .Node("Transpose", ["s"], ["t"], ("perm", new[] { 0, 2, 1, 3, 4 }))
            .Node("Reshape", ["t", "join"], ["j"])
            .Node("Conv", ["j", "v"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Conv", Simplified.Operators(graph));
    }

    [Fact]
    public void A_channel_shuffle_before_a_grouped_convolution_stays_a_Transpose()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 6, 4, 5)
            .Random("w", 1, 6, 2, 1, 1).Random("v", 2, 6, 2, 1, 1)
            .Integers("split", 1, 3, 2, 4, 5).Integers("join", 1, 6, 4, 5)
            .Node("Conv", ["x", "w"], ["c"], ("group", 3))
            .Node("Reshape", ["c", "split"], ["s"])
            .Node("Transpose", ["s"], ["t"], ("perm", new[] { 0, 2, 1, 3, 4 }))
            .Node("Reshape", ["t", "join"], ["j"])
            .Node("Conv", ["j", "v"], ["y"], ("group", 3))
            .Output("y"));

        Assert.Equal("Conv Reshape Transpose Reshape Conv", Simplified.Operators(graph));
    }

    [Fact]
    public void A_reshape_that_cuts_across_axes_is_kept_exact()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 4, 5)
            .Random("w", 1, 6, 3, 1, 1).Random("v", 2, 2, 8, 1, 1)
            .Integers("shape", 1, 8, 3, 5)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Reshape", ["c", "shape"], ["r"])
            .Node("Conv", ["r", "v"], ["y"])
            .Output("y"));

        Assert.Contains("Transpose", Simplified.Operators(graph));
    }

    [Fact]
    public void Broadcasting_constants_follow_the_layout()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 3, 4, 5)
            .Random("w", 1, 2, 3, 1, 1).Random("row", 2, 1, 1, 4, 1).Random("map", 3, 2, 4, 5).Random("slope", 4, 2, 1, 1)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Add", ["row", "c"], ["a"])
            .Node("Mul", ["a", "map"], ["m"])
            .Node("PRelu", ["m", "slope"], ["y"])
            .Output("y"));

        Assert.Equal("Conv Add Mul PRelu", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 4, 1, 1), graph.Nodes[1].Inputs[0]!.Shape);
        Assert.Equal(new Shape(1, 4, 5, 2), graph.Nodes[2].Inputs[1]!.Shape);
        Assert.Equal(new Shape(1, 1, 1, 2), graph.Nodes[3].Inputs[1]!.Shape);
    }

    [Fact]
    public void Attention_over_pixels_keeps_its_matrix_products()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 4, 3, 2)
            .Random("w", 1, 8, 4, 1, 1).Random("o", 2, 8, 5)
            .Integers("tokens", 1, 8, 6)
            .Node("Conv", ["x", "w"], ["c"])
            .Node("Reshape", ["c", "tokens"], ["t"])
            .Node("Transpose", ["t"], ["q"], ("perm", new[] { 0, 2, 1 }))
            .Node("MatMul", ["q", "t"], ["a"])
            .Node("Softmax", ["a"], ["s"], ("axis", -1))
            .Node("MatMul", ["s", "q"], ["m"])
            .Node("MatMul", ["m", "o"], ["y"])
            .Output("y"));

        Assert.Equal(2, graph.Nodes.Count(node => node.Operator is MatMul));
        Assert.Equal(2, graph.Nodes.Count(node => node.Operator is Conv));
        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is Transpose));
    }

    [Fact]
    public void ImageLayout_knows_images_from_other_tensors_of_four_axes()
    {
        var source = Simplified.Source(new OnnxBuilder()
            .Input("image", 1, 3, 4, 5).Input("last", 1, 4, 5, 3).Input("other", 1, 2, 3, 4)
            .Random("w", 1, 2, 3, 1, 1)
            .Node("Relu", ["image"], ["r"])
            .Node("Conv", ["r", "w"], ["c"])
            .Node("Transpose", ["last"], ["t"], ("perm", new[] { 0, 3, 1, 2 }))
            .Node("Conv", ["t", "w"], ["d"])
            .Node("Add", ["c", "d"], ["y"])
            .Node("Abs", ["other"], ["z"])
            .Output("y").Output("z"));

        var layout = ImageLayout.Of(source);

        Assert.Equal([true, false, false], source.Inputs.Select(layout.IsImage));
        Assert.Equal([true, false], source.Outputs.Select(layout.IsImage));
        Assert.Equal([1, 3, 3], source.Inputs.Select(layout.ChannelAxis));
        Assert.Equal("1x4x5x2 1x2x3x4", string.Join(" ", Simplified.Verified(source).Outputs.Select(output => output.Shape)));
    }
}
