using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Matrix products: with constants they are 1x1 convolutions.</summary>
public sealed class DenseTests
{
    [Theory]
    [InlineData(0, 0, 1f, 1f)]
    [InlineData(0, 1, 0.5f, 2f)]
    [InlineData(1, 0, 1f, 0f)]
    [InlineData(1, 1, -3f, 0.25f)]
    public void Gemm_with_constant_weights_is_one_convolution(int transposeA, int transposeB, float alpha, float beta)
    {
        int[] a = transposeA == 1 ? [5, 1] : [1, 5], b = transposeB == 1 ? [4, 5] : [5, 4];
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", a).Random("w", 1, b).Random("c", 2, 1, 4)
            .Node(
                "Gemm", ["x", "w", "c"], ["y"],
                ("transA", transposeA), ("transB", transposeB), ("alpha", alpha), ("beta", beta))
            .Output("y"));

        Assert.Equal("Reshape Conv Reshape", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 4), graph.Outputs[0].Shape);
    }

    [Fact]
    public void Gemm_of_several_rows_keeps_them_as_pixels()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 3, 5).Random("w", 1, 5, 4).Random("c", 2, 3, 4)
            .Node("Gemm", ["x", "w", "c"], ["g"])
            .Node("Relu", ["g"], ["y"])
            .Output("y"));

        Assert.Equal("Reshape Conv Add+Relu Reshape", Simplified.Operators(graph));
        Assert.Equal(new Shape(1, 1, 3, 5), graph.Nodes[0].Output.Shape);
    }

    [Fact]
    public void Gemm_with_a_constant_on_the_left_is_a_convolution()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 5, 3).Random("w", 1, 4, 5).Random("c", 2, 4, 1)
            .Node("Gemm", ["w", "x", "c"], ["y"], ("alpha", 2f))
            .Output("y"));

        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is Conv));
        Assert.DoesNotContain(graph.Nodes, node => node.Operator is MatMul);
    }

    [Fact]
    public void Gemm_of_two_activations_is_a_matrix_product()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 3, 5).Input("z", 4, 5).Random("c", 2, 3, 4)
            .Node("Gemm", ["x", "z", "c"], ["y"], ("transB", 1), ("alpha", 0.5f), ("beta", 2f))
            .Output("y"));

        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is MatMul));
        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is Conv { Groups: 4 }));
    }

    [Theory]
    [InlineData(new[] { 5 }, new[] { 5, 4 }, "4")]
    [InlineData(new[] { 2, 3, 5 }, new[] { 5, 4 }, "2x3x4")]
    [InlineData(new[] { 1, 3, 5 }, new[] { 1, 5, 4 }, "1x3x4")]
    [InlineData(new[] { 1, 5 }, new[] { 5 }, "1")]
    [InlineData(new[] { 5 }, new[] { 5 }, "scalar")]
    public void MatMul_by_constants_is_a_convolution_for_every_rank(int[] x, int[] w, string output)
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", x).Random("w", 1, w).Node("MatMul", ["x", "w"], ["y"]).Output("y"));

        Assert.Equal("Reshape Conv Reshape", Simplified.Operators(graph));
        Assert.Equal(output, graph.Outputs[0].Shape.ToString());
    }

    [Theory]
    [InlineData(new[] { 4, 5 }, new[] { 5 }, "4")]
    [InlineData(new[] { 5 }, new[] { 5, 3 }, "3")]
    [InlineData(new[] { 4, 5 }, new[] { 2, 5, 3 }, "2x4x3")]
    public void MatMul_with_constants_on_the_left_is_a_convolution(int[] w, int[] x, string output)
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", x).Random("w", 1, w).Node("MatMul", ["w", "x"], ["y"]).Output("y"));

        Assert.Equal(1, graph.Nodes.Count(node => node.Operator is Conv));
        Assert.DoesNotContain(graph.Nodes, node => node.Operator is MatMul);
        Assert.Equal(output, graph.Outputs[0].Shape.ToString());
    }

    [Fact]
    public void A_perceptron_stays_on_one_pixel()
    {
        var graph = Simplified.Verified(new OnnxBuilder()
            .Input("x", 1, 5).Random("w", 1, 5, 6).Random("b", 2, 6).Random("v", 3, 6, 3)
            .Node("MatMul", ["x", "w"], ["m"])
            .Node("Add", ["m", "b"], ["a"])
            .Node("Relu", ["a"], ["r"])
            .Node("MatMul", ["r", "v"], ["n"])
            .Node("Softmax", ["n"], ["y"])
            .Output("y"));

        Assert.Equal("Reshape Conv+Relu Conv Reshape Softmax", Simplified.Operators(graph));
    }
}
