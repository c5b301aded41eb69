using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class ActivationImportTests
{
    [Theory]
    [InlineData("Relu", 7, -1f, 0, 2f, 2)]
    [InlineData("Sigmoid", 7, 0f, 0.5, 1f, 0.73106)]
    [InlineData("Tanh", 7, 0f, 0, 1f, 0.76159)]
    [InlineData("LeakyRelu", 7, -1f, -0.01, 2f, 2)]
    [InlineData("HardSigmoid", 7, -1f, 0.3, 9f, 1)]
    [InlineData("HardSwish", 14, -1f, -0.33333, 4f, 4)]
    [InlineData("Elu", 7, -1f, -0.63212, 2f, 2)]
    [InlineData("Selu", 7, -1f, -1.11133, 1f, 1.0507)]
    [InlineData("Softplus", 7, 0f, 0.69315, 1f, 1.31326)]
    [InlineData("Mish", 18, 0f, 0, 1f, 0.8651)]
    [InlineData("Exp", 7, 0f, 1, 1f, 2.71828)]
    [InlineData("Log", 7, 1f, 0, 2f, 0.69315)]
    [InlineData("Sqrt", 7, 4f, 2, 9f, 3)]
    [InlineData("Abs", 7, -4f, 4, 9f, 9)]
    [InlineData("Neg", 7, -4f, 4, 9f, -9)]
    [InlineData("Floor", 7, -1.5f, -2, 1.5f, 1)]
    [InlineData("Ceil", 7, -1.5f, -1, 1.5f, 2)]
    [InlineData("Round", 11, -1.5f, -2, 2.5f, 2)]
    [InlineData("Sign", 9, -1.5f, -1, 2.5f, 1)]
    [InlineData("Reciprocal", 7, -2f, -0.5, 4f, 0.25)]
    [InlineData("Erf", 9, 0f, 0, 1f, 0.8427)]
    [InlineData("Gelu", 20, -1f, -0.15866, 1f, 0.84134)]
    public void Functions_of_one_number_mean_the_same_in_every_opset_that_has_them(
        string @operator, int since, float x0, double y0, float x1, double y1)
    {
        foreach (int opset in Imported.Opsets(since))
            Imported.AssertIs(Imported.Node(opset, @operator, Imported.Floats(x0, x1)), "2", y0, y1);

        if (since > Imported.OldestOpset)
            Assert.Equal("QMCU2003", Imported.Refusal(OneNode(since - 1, @operator)).Id);
    }

    [Fact]
    public void Attributes_of_activations_replace_the_defaults()
    {
        var x = Imported.Floats(-1f, 1f);

        Imported.AssertIs(Imported.Node(13, "LeakyRelu", x, ("alpha", 0.25f)), "2", -0.25, 1);
        Imported.AssertIs(Imported.Node(13, "HardSigmoid", x, ("alpha", 0.5f), ("beta", 0.25f)), "2", 0, 0.75);
        Imported.AssertIs(Imported.Node(13, "Elu", x, ("alpha", 2f)), "2", -1.26424, 1);
        Imported.AssertIs(Imported.Node(13, "Selu", x, ("alpha", 2f), ("gamma", 3f)), "2", -3.79272, 3);
    }

    [Fact]
    public void Gelu_by_tanh_becomes_the_approximation_that_it_names()
    {
        var y = Imported.Node(20, "Gelu", Imported.Floats(-1f, 1f), ("approximate", "tanh"));

        Imported.AssertIs(y, "2", -0.15881, 0.84119);
    }

    [Fact]
    public void Clip_takes_bounds_from_attributes_before_opset_11_and_from_inputs_since()
    {
        var x = Imported.Floats(-3f, 0.5f, 9f);
        foreach (int opset in Imported.Opsets(to: 10))
            Imported.AssertIs(Imported.Node(opset, "Clip", x, ("min", 0f), ("max", 6f)), "3", 0, 0.5, 6);

        foreach (int opset in Imported.Opsets(from: 11))
            Imported.AssertIs(Imported.Node(opset, "Clip", x, [], ("min", Scalar(0)), ("max", Scalar(6))), "3", 0, 0.5, 6);
    }

    [Fact]
    public void Clip_leaves_a_side_open_where_its_bound_is_absent()
    {
        var x = Imported.Floats(-3f, 9f);

        Imported.AssertIs(Imported.Node(13, "Clip", x), "2", -3, 9);
        Imported.AssertIs(Imported.Node(13, "Clip", x, [], ("min", Scalar(0))), "2", 0, 9);
        Imported.AssertIs(Imported.Node(13, "Clip", x, [], ("", Scalar(0)), ("max", Scalar(6))), "2", -3, 6);
    }

    [Fact]
    public void Clip_to_crossed_bounds_gives_the_maximum() =>
        Imported.AssertIs(Imported.Node(13, "Clip", Imported.Floats(-3f, 3f, 9f), [], ("min", Scalar(6)), ("max", Scalar(1))), "3", 1, 1, 1);

    [Fact]
    public void Clip_by_computed_bounds_compares_at_run_time()
    {
        var model = new OnnxBuilder(13).Input("x", 2).Input("min").Input("max").Node("Clip", ["x", "min", "max"], ["y"]).Output("y");

        Imported.AssertIs(Imported.Run(model, Imported.Floats(-3f, 9f), Scalar(0), Scalar(6))[0], "2", 0, 6);
    }

    [Fact]
    public void Clip_of_integers_is_exact_where_a_float_bound_would_not_be()
    {
        const long Bound = (1L << 53) + 1;
        var max = Tensor.Of(Shape.Scalar, [Bound]);

        var y = Imported.Node(13, "Clip", Tensor.Of(new Shape(1), [long.MaxValue]), [], ("", max), ("max", max));

        Assert.Equal(Bound, y.Integers[0]);
    }

    [Fact]
    public void Relu_is_a_clip_to_zero()
    {
        var node = Assert.Single(Imported.Graph(OneNode(13, "Relu")).Nodes);

        Assert.Equal(Clamp.Relu, Assert.IsType<Clip>(node.Operator).Clamp);
    }

    [Fact]
    public void PRelu_broadcasts_its_slope()
    {
        foreach (int opset in Imported.Opsets())
        {
            var y = Imported.Node(opset, "PRelu", Tensor.Of(new Shape(2, 2), [-1f, -2f, 3f, -4f]), [], ("slope", Imported.Floats(0.5f, 0.25f)));
            Imported.AssertIs(y, "2x2", -0.5, -0.5, 3, -1);
        }
    }

    [Fact]
    public void Softmax_runs_along_all_axes_from_one_on_before_opset_13_and_along_one_since()
    {
        var x = Tensor.Of(new Shape(1, 2, 2), [0f, 0f, (float)Math.Log(2), 0f]);
        foreach (int opset in Imported.Opsets(to: 12))
            Imported.AssertIs(Imported.Node(opset, "Softmax", x), "1x2x2", 0.2, 0.2, 0.4, 0.2);

        foreach (int opset in Imported.Opsets(from: 13))
        {
            Imported.AssertIs(Imported.Node(opset, "Softmax", x), "1x2x2", 0.5, 0.5, 0.66667, 0.33333);
            Imported.AssertIs(Imported.Node(opset, "Softmax", x, ("axis", 1)), "1x2x2", 0.33333, 0.5, 0.66667, 0.5);
        }
    }

    [Fact]
    public void Softmax_before_opset_13_stays_one_node_where_only_ones_follow_its_axis()
    {
        var model = new OnnxBuilder(11).Input("x", 1, 4, 1, 1).Node("Softmax", ["x"], ["y"]).Output("y");

        Assert.Equal(new Softmax(1, Log: false), Assert.Single(Imported.Graph(model).Nodes).Operator);
    }

    [Fact]
    public void LogSoftmax_is_the_logarithm_of_softmax()
    {
        var x = Tensor.Of(new Shape(1, 2), [0f, (float)Math.Log(3)]);
        foreach (int opset in Imported.Opsets())
            Imported.AssertIs(Imported.Node(opset, "LogSoftmax", x), "1x2", Math.Round(Math.Log(0.25), 5), Math.Round(Math.Log(0.75), 5));
    }

    [Theory]
    [InlineData("Relu", "alpha")]
    [InlineData("LeakyRelu", "beta")]
    [InlineData("Clip", "min")]
    [InlineData("Softmax", "log")]
    public void An_attribute_that_the_opset_does_not_define_is_refused_by_name(string @operator, string attribute)
    {
        var model = new OnnxBuilder(13).Input("x", 2, 2).Node(@operator, ["x"], ["y"], (attribute, 1f)).Output("y");

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2005", refusal.Id);
        Assert.Contains("'" + attribute + "'", refusal.Message, StringComparison.Ordinal);
    }

    private static OnnxBuilder OneNode(int opset, string @operator) =>
        new OnnxBuilder(opset).Input("x", 2).Node(@operator, ["x"], ["y"]).Output("y");

    private static Tensor Scalar(float value) => Tensor.Of(Shape.Scalar, [value]);
}
