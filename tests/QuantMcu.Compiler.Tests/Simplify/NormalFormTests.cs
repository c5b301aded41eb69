using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

public sealed class NormalFormTests
{
    [Fact]
    public void A_computed_Gather_ends_in_a_diagnostic_that_names_the_node() => Refuses(
        SimplifyRules.NoNormalForm,
        "Gather",
        new OnnxBuilder().Input("x", 1, 4).Integers("i", 0, 3, 1)
            .Node("Gather", ["x", "i"], ["picked"], ("axis", 1)).Output("picked"));

    [Fact]
    public void Integer_arithmetic_on_activations_ends_in_a_diagnostic() => Refuses(
        SimplifyRules.NoNormalForm,
        "Cast",
        new OnnxBuilder().Input("x", 1, 4)
            .Node("Cast", ["x"], ["i"], ("to", 7)).Node("Cast", ["i"], ["y"], ("to", 1)).Output("y"));

    [Fact]
    public void A_batch_of_images_ends_in_a_diagnostic() => Refuses(
        SimplifyRules.NoNormalForm,
        "batch of 2",
        new OnnxBuilder().Input("x", 2, 3, 4, 4).Random("w", 1, 2, 3, 2, 2).Node("Conv", ["x", "w"], ["y"]).Output("y"));

    [Fact]
    public void A_constant_output_ends_in_a_diagnostic() => Refuses(
        SimplifyRules.ConstantOutput,
        "'y'",
        new OnnxBuilder().Input("x", 1, 3).Random("a", 1, 3)
            .Node("Abs", ["x"], ["z"]).Node("Abs", ["a"], ["y"]).Output("z").Output("y"));

    [Fact]
    public void Convolution_by_computed_weights_ends_in_a_diagnostic() => Refuses(
        OnnxRules.NotConstant,
        "'W'",
        new OnnxBuilder().Input("x", 1, 3, 4, 4).Input("w", 2, 3, 1, 1).Node("Conv", ["x", "w"], ["y"]).Output("y"));

    [Fact]
    public void BatchNormalization_by_computed_statistics_ends_in_a_diagnostic() => Refuses(
        OnnxRules.NotConstant,
        "'scale'",
        new OnnxBuilder().Input("x", 1, 3, 4, 4).Input("s", 3).Random("b", 1, 3)
            .Node("BatchNormalization", ["x", "s", "b", "b", "b"], ["y"]).Output("y"));

    [Fact]
    public void Verify_refuses_a_convolution_in_the_models_layout()
    {
        var graph = Simplified.Source(
            new OnnxBuilder().Input("x", 1, 3, 4, 4).Random("w", 1, 2, 3, 1, 1).Node("Conv", ["x", "w"], ["y"]).Output("y"));

        var error = Assert.Throws<ModelException>(() => NormalForm.Verify(graph));

        Assert.Equal(SimplifyRules.InconsistentGraph.Id, error.Diagnostic.Id);
    }

    [Fact]
    public void Verify_refuses_a_Clip_that_a_convolution_could_apply()
    {
        var conv = SimplifiedConv();
        var clip = Node.Create("r", new Clip(Clamp.Relu), [conv.Outputs[0]], "r");
        var graph = new NetworkGraph("g", conv.Inputs, [clip.Output], conv.Nodes.Add(clip));

        var error = Assert.Throws<ModelException>(() => NormalForm.Verify(graph));

        Assert.Contains("Clip is not fused", error.Message);
    }

    [Fact]
    public void Verify_refuses_a_dead_node()
    {
        var conv = SimplifiedConv();
        var dead = Node.Create("dead", new Unary(UnaryKind.Abs), [conv.Outputs[0]], "dead");

        var error = Assert.Throws<ModelException>(
            () => NormalForm.Verify(new NetworkGraph("g", conv.Inputs, conv.Outputs, conv.Nodes.Add(dead))));

        Assert.Contains("nothing needs the node", error.Message);
    }

    [Fact]
    public void Verify_refuses_nodes_out_of_order()
    {
        var conv = SimplifiedConv();
        var abs = Node.Create("a", new Unary(UnaryKind.Abs), [conv.Outputs[0]], "a");

        var error = Assert.Throws<ModelException>(
            () => NormalForm.Verify(new NetworkGraph("g", conv.Inputs, [abs.Output], conv.Nodes.Insert(0, abs))));

        Assert.Contains("before it is made", error.Message);
    }

    [Fact]
    public void Outputs_keep_their_names_whatever_computes_them()
    {
        var graph = Simplified.Verified(new OnnxBuilder().Input("x", 1, 3)
            .Node("Abs", ["x"], ["a"]).Node("Identity", ["a"], ["b"]).Node("Identity", ["a"], ["c"])
            .Node("Identity", ["x"], ["d"])
            .Output("a").Output("b").Output("c").Output("d"));

        Assert.Equal(["a", "b", "c", "d"], graph.Outputs.Select(output => output.Name));
        Assert.Equal(4, graph.Outputs.Distinct().Count());
        Assert.Equal("Abs Reshape Reshape Reshape", Simplified.Operators(graph));
    }

    [Fact]
    public void Differences_quotients_powers_and_extrema_become_what_integer_kernels_know()
    {
        var graph = Simplified.Verified(new OnnxBuilder().Input("x", 1, 3, 4).Input("z", 1, 3, 4)
            .Random("map", 1, 3, 4).Constant("two", [2f]).Constant("one", [1f]).Constant("half", [0.5f])
            .Node("Abs", ["z"], ["a"]).Node("Add", ["a", "one"], ["p"])
            .Node("Div", ["x", "p"], ["d"]).Node("Max", ["d", "z"], ["m"]).Node("Min", ["m", "x", "map"], ["n"])
            .Node("Pow", ["n", "two"], ["q"]).Node("Pow", ["p", "half"], ["s"]).Node("Sub", ["q", "s"], ["y"])
            .Output("y"));

        Assert.All(
            graph.Nodes.Select(node => node.Operator).OfType<Binary>(),
            binary => Assert.True(binary.Kind is BinaryKind.Add or BinaryKind.Sub or BinaryKind.Mul));
    }

    private static NetworkGraph SimplifiedConv() => Simplifier.Run(
        Simplified.Source(
            new OnnxBuilder().Input("x", 1, 3, 4, 4).Random("w", 1, 2, 3, 1, 1).Node("Conv", ["x", "w"], ["y"]).Output("y")),
        null,
        CancellationToken.None);

    private static void Refuses(DiagnosticRule rule, string mentions, OnnxBuilder model)
    {
        var error = Assert.Throws<ModelException>(() => Simplifier.Run(Simplified.Source(model), null, CancellationToken.None));

        Assert.Equal(rule.Id, error.Diagnostic.Id);
        Assert.Contains(mentions, error.Message);
    }
}
