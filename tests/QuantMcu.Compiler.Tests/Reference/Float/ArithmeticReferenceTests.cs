using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class ArithmeticReferenceTests
{
    [Fact]
    public void Binary_broadcasts_both_ways_and_clamps()
    {
        var a = Image(new Shape(2, 1), 1, 2);
        var b = Image(new Shape(1, 3), 10, 20, 30);

        var y = Evaluate(new Binary(BinaryKind.Add) { Clamp = new Clamp(0, 31) }, a, b);

        Assert.Equal([11f, 21, 31, 12, 22, 31], y.Floats);
    }

    [Fact]
    public void MatMul_broadcasts_batches_and_drops_the_axes_of_vectors()
    {
        var a = Image(new Shape(2, 1, 1, 2), 1, 2, 3, 4);
        var b = Image(new Shape(2, 2, 1), 1, 10, 100, 1000);

        var batches = Evaluate(new MatMul(), a, b);
        var dot = Evaluate(new MatMul(), Vector(1, 2), Vector(3, 4));

        Assert.Equal(new Shape(2, 2, 1, 1), batches.Shape);
        Assert.Equal([21f, 2100, 43, 4300], batches.Floats);
        Assert.Equal(Shape.Scalar, dot.Shape);
        Assert.Equal([11f], dot.Floats);
    }

    [Fact]
    public void Gemm_transposes_both_sides_and_broadcasts_its_addend()
    {
        var a = Image(new Shape(2, 1), 1, 2);
        var b = Image(new Shape(3, 2), 1, 2, 3, 4, 5, 6);

        var y = Evaluate(new Gemm(2, 10, TransposeA: true, TransposeB: true), a, b, Vector(7));

        Assert.Equal([80f, 92, 104], y.Floats);
    }

    [Fact]
    public void Sums_are_taken_in_double()
    {
        var x = Vector(1e8f, 1, -1e8f);

        Assert.Equal([1f], Evaluate(new Reduce(ReduceKind.Sum, [0], false), x).Floats);
    }

    [Fact]
    public void Mean_divides_by_the_elements_of_the_axes_reduced()
    {
        var x = Image(new Shape(1, 2, 2, 2), 1, 2, 3, 4, 10, 20, 30, 40);

        var y = Evaluate(new Reduce(ReduceKind.Mean, [2, 3], KeepDims: true), x);

        Assert.Equal(new Shape(1, 2, 1, 1), y.Shape);
        Assert.Equal([2.5f, 25], y.Floats);
    }

    [Fact]
    public void ArgMax_takes_the_first_of_equals_or_the_last()
    {
        var x = Image(new Shape(3, 2), 1, 5, 2, 5, 2, 4);

        Assert.Equal([1L, 0], Evaluate(new ArgMax(0, false, SelectLast: false), x).Integers);
        Assert.Equal([2L, 1], Evaluate(new ArgMax(0, false, SelectLast: true), x).Integers);
    }

    [Fact]
    public void Softmax_survives_large_numbers()
    {
        var x = Image(new Shape(2, 2), 1000, 0, 1000, 0);

        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], Evaluate(new Softmax(0, Log: false), x).Floats);
        Assert.Equal([0f, -1000, 0, -1000], Evaluate(new Softmax(1, Log: true), x).Floats);
    }

    [Fact]
    public void BatchNormalization_works_on_axis_1()
    {
        var x = Image(new Shape(1, 2, 1, 2), 1, 3, 10, 30);

        var y = Evaluate(new BatchNormalization(0), x, Vector(2, 1), Vector(100, 0), Vector(1, 10), Vector(4, 100));

        Assert.Equal([100f, 102, 0, 2], y.Floats);
    }

    [Theory]
    [InlineData(UnaryKind.Erf, 0.5, 0.52049987781304654)]
    [InlineData(UnaryKind.Erf, -1.9999, -0.9953201979070294)]
    [InlineData(UnaryKind.Erf, 2.5, 0.99959304798255504)]
    [InlineData(UnaryKind.Gelu, 1, 0.84134474606854293)]
    [InlineData(UnaryKind.Gelu, -10, -7.61985302416052e-23)]
    [InlineData(UnaryKind.Softplus, 0, 0.69314718055994531)]
    [InlineData(UnaryKind.Softplus, -50, 1.9287498479639178e-22)]
    [InlineData(UnaryKind.Softplus, 1000, 1000)]
    [InlineData(UnaryKind.Mish, 1, 0.86509838826731033)]
    [InlineData(UnaryKind.Sigmoid, -1000, 0)]
    [InlineData(UnaryKind.HardSwish, -1, -1.0 / 3)]
    [InlineData(UnaryKind.Log, 10, 2.3025850929940459)]
    [InlineData(UnaryKind.Reciprocal, 4, 0.25)]
    [InlineData(UnaryKind.Ceil, -1.5, -1)]
    [InlineData(UnaryKind.Round, 2.5, 2)]
    [InlineData(UnaryKind.Round, -1.5, -2)]
    [InlineData(UnaryKind.Sign, double.NaN, double.NaN)]
    public void Functions_have_their_known_values(UnaryKind kind, double x, double expected)
    {
        double y = Evaluate(new Unary(kind), Tensor.Of(new Shape(1), new[] { x })).Doubles[0];

        bool isClose = y.Equals(expected) || Math.Abs(y - expected) <= 1e-13 * Math.Abs(expected);
        Assert.True(isClose, y + " is not " + expected);
    }

    [Fact]
    public void Selu_and_Elu_use_their_parameters()
    {
        var x = Vector(-1, 2);

        Assert.Equal([(float)(2 * (Math.Exp(-1) - 1)), 2f], Evaluate(new Unary(UnaryKind.Elu, Alpha: 2), x).Floats);
        Assert.Equal([(float)(3 * (2 * Math.Exp(-1) - 2)), 6f], Evaluate(new Unary(UnaryKind.Selu, Alpha: 2, Beta: 3), x).Floats);
    }

    [Fact]
    public void PRelu_slopes_belong_to_channels()
    {
        var x = Image(new Shape(1, 2, 2), -1, 1, -1, 1);

        Assert.Equal([-2f, 1, -3, 1], Evaluate(new PRelu(), x, Image(new Shape(2, 1), 2, 3)).Floats);
    }
}
