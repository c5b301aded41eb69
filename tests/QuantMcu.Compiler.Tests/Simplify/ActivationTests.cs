using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Activation functions that exporters spell out.</summary>
public sealed class ActivationTests
{
    [Fact]
    public void X_times_sigmoid_is_Swish() =>
        Expect(UnaryKind.Swish, Start().Node("Sigmoid", ["x"], ["s"]).Node("Mul", ["s", "x"], ["y"]));

    [Fact]
    public void X_times_hardsigmoid_is_HardSwish() => Expect(
        UnaryKind.HardSwish,
        Start().Node("HardSigmoid", ["x"], ["s"], ("alpha", 1f / 6), ("beta", 0.5f)).Node("Mul", ["x", "s"], ["y"]));

    [Fact]
    public void X_times_clip_over_six_is_HardSwish() =>
        Expect(UnaryKind.HardSwish, Clipped().Node("Mul", ["x", "c"], ["m"]).Node("Div", ["m", "six"], ["y"]));

    [Fact]
    public void X_times_the_quotient_of_clip_and_six_is_HardSwish() =>
        Expect(UnaryKind.HardSwish, Clipped().Node("Div", ["c", "six"], ["d"]).Node("Mul", ["x", "d"], ["y"]));

    [Fact]
    public void HardSwish_with_Relu_and_Min_for_the_clip_is_found() => Expect(
        UnaryKind.HardSwish,
        Start().Node("Add", ["three", "x"], ["a"]).Node("Relu", ["a"], ["r"]).Node("Min", ["r", "six"], ["c"])
            .Node("Mul", ["x", "sixth"], ["m"]).Node("Mul", ["m", "c"], ["y"]));

    [Fact]
    public void Clip_over_six_is_HardSigmoid() => Expect(UnaryKind.HardSigmoid, Clipped().Node("Mul", ["c", "sixth"], ["y"]));

    [Fact]
    public void X_times_tanh_of_softplus_is_Mish() => Expect(
        UnaryKind.Mish, Start().Node("Softplus", ["x"], ["s"]).Node("Tanh", ["s"], ["t"]).Node("Mul", ["x", "t"], ["y"]));

    [Fact]
    public void X_times_one_plus_erf_over_two_is_Gelu() => Expect(
        UnaryKind.Gelu,
        Start().Constant("root", [1.41421356f]).Constant("one", [1f]).Constant("half", [0.5f])
            .Node("Div", ["x", "root"], ["d"]).Node("Erf", ["d"], ["e"]).Node("Add", ["e", "one"], ["a"])
            .Node("Mul", ["x", "a"], ["m"]).Node("Mul", ["m", "half"], ["y"]));

    [Fact]
    public void Functions_that_passes_make_have_an_integer_form()
    {
        UnaryKind[] made =
        [
            UnaryKind.Swish, UnaryKind.HardSwish, UnaryKind.HardSigmoid, UnaryKind.Mish, UnaryKind.Gelu, UnaryKind.Reciprocal,
            UnaryKind.Sqrt,
        ];

        Assert.All(made, kind => Assert.Contains(new Unary(kind).Name, NetworkQuantizer.QuantizableOperators));
    }

    [Theory]
    [InlineData("Add", "six", "Sigmoid")]
    [InlineData("Mul", "three", "Sigmoid")]
    public void A_gate_of_another_value_is_left_alone(string change, string constant, string gate)
    {
        var graph = Simplified.Verified(Start()
            .Node(change, ["x", constant], ["z"]).Node(gate, ["z"], ["s"]).Node("Mul", ["x", "s"], ["y"]).Output("y"));

        Assert.Equal("Conv Sigmoid Mul", Simplified.Operators(graph));
    }

    [Fact]
    public void A_clip_to_another_bound_is_left_alone()
    {
        var graph = Simplified.Verified(Start()
            .Node("Add", ["x", "three"], ["a"]).Node("Clip", ["a", "zero", "three"], ["c"]).Node("Mul", ["x", "c"], ["m"])
            .Node("Mul", ["m", "sixth"], ["y"]).Output("y"));

        Assert.DoesNotContain("Hard", Simplified.Operators(graph));
    }

    private static void Expect(UnaryKind kind, OnnxBuilder model)
    {
        var graph = Simplified.Verified(model.Output("y"));

        Assert.Equal(kind, ((Unary)Assert.Single(graph.Nodes).Operator).Kind);
    }

    private static OnnxBuilder Start() => new OnnxBuilder().Input("x", 1, 3, 4, 5)
        .Constant("zero", [0f]).Constant("three", [3f]).Constant("six", [6f]).Constant("sixth", [1f / 6]);

    private static OnnxBuilder Clipped() => Start().Node("Add", ["x", "three"], ["a"]).Node("Clip", ["a", "zero", "six"], ["c"]);
}
