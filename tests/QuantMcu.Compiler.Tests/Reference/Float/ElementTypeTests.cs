using System;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

/// <summary>What the element types do to results: halves round, integers wrap.</summary>
public class ElementTypeTests
{
    [Theory]
    [InlineData(1.0 / 3, 0.333251953125)]
    [InlineData(1 + (1.0 / 2048), 1)]
    [InlineData(1 + (3.0 / 2048), 1.001953125)]
    [InlineData(65519.99, 65504)]
    [InlineData(65520, double.PositiveInfinity)]
    [InlineData(-65520, double.NegativeInfinity)]
    [InlineData(5.9604644775390625e-8, 5.9604644775390625e-8)]
    [InlineData(2.98023223876953125e-8, 0)]
    [InlineData(2.99e-8, 5.9604644775390625e-8)]
    [InlineData(1e-320, 0)]
    [InlineData(double.NaN, double.NaN)]
    public void Half_rounding_is_to_nearest_with_ties_to_even(double value, double expected)
    {
        Assert.Equal((float)expected, HalfPrecision.Round(value));
    }

    [Fact]
    public void Half_rounding_equals_the_runtime_s_on_all_halves_and_between_them()
    {
        for (int bits = 0; bits < 0x7BFF; bits++)
        {
            double low = (double)BitConverter.UInt16BitsToHalf((ushort)bits);
            double high = (double)BitConverter.UInt16BitsToHalf((ushort)(bits + 1));
            foreach (double fraction in new[] { 0, 0.25, 0.5, 0.75 })
            {
                double value = -(low + (fraction * (high - low)));
                Assert.Equal((double)(Half)value, HalfPrecision.Round(value));
            }
        }
    }

    [Fact]
    public void Half_results_are_rounded_to_half()
    {
        var ten = Tensor.Of(new Shape(1), [10f], ElementType.Float16);
        var three = Tensor.Of(new Shape(1), [3f], ElementType.Float16);

        Assert.Equal((float)(Half)(10.0 / 3), Evaluate(new Binary(BinaryKind.Div), ten, three).Floats[0]);
    }

    [Fact]
    public void Double_results_stay_double()
    {
        var x = Tensor.Of(new Shape(1), new[] { 1.0 });

        Assert.Equal(Math.E, Evaluate(new Unary(UnaryKind.Exp), x).Doubles[0]);
    }

    [Theory]
    [InlineData(BinaryKind.Add, ElementType.UInt8, 200, 100, 44)]
    [InlineData(BinaryKind.Sub, ElementType.UInt8, 1, 2, 255)]
    [InlineData(BinaryKind.Mul, ElementType.Int8, 16, 8, -128)]
    [InlineData(BinaryKind.Add, ElementType.Int16, 32767, 1, -32768)]
    [InlineData(BinaryKind.Mul, ElementType.Int32, 65536, 65536, 0)]
    [InlineData(BinaryKind.Add, ElementType.Int64, long.MaxValue, 1, long.MinValue)]
    [InlineData(BinaryKind.Div, ElementType.Int8, -128, -1, -128)]
    [InlineData(BinaryKind.Div, ElementType.Int64, long.MinValue, -1, long.MinValue)]
    [InlineData(BinaryKind.Div, ElementType.Int32, -7, 2, -3)]
    [InlineData(BinaryKind.Div, ElementType.UInt64, -2, 2, long.MaxValue)]
    [InlineData(BinaryKind.Max, ElementType.UInt64, -1, 1, -1)]
    [InlineData(BinaryKind.Min, ElementType.UInt64, -1, 1, 1)]
    [InlineData(BinaryKind.Pow, ElementType.Int64, -3, 39, -4052555153018976267)]
    [InlineData(BinaryKind.Pow, ElementType.UInt8, 2, 8, 0)]
    public void Integers_wrap_to_their_width(BinaryKind kind, ElementType type, long a, long b, long expected)
    {
        Assert.Equal([expected], Evaluate(new Binary(kind), Integers(type, a), Integers(type, b)).Integers);
    }

    [Fact]
    public void Division_of_integers_by_zero_is_one_diagnostic()
    {
        var error = Assert.Throws<ModelException>(
            () => Evaluate(new Binary(BinaryKind.Div), Integers(ElementType.Int32, 1), Integers(ElementType.Int32, 0)));

        Assert.Equal("QMCU2005", error.Diagnostic.Id);
    }

    [Theory]
    [InlineData(-1.9, ElementType.Int32, -1)]
    [InlineData(300.7, ElementType.UInt8, 44)]
    [InlineData(-1, ElementType.UInt16, 65535)]
    [InlineData(0.5, ElementType.Bool, 1)]
    [InlineData(0.5, ElementType.Int64, 0)]
    [InlineData(double.NaN, ElementType.Int64, 0)]
    [InlineData(1e30, ElementType.Int64, long.MaxValue)]
    [InlineData(-1e30, ElementType.Int64, long.MinValue)]
    [InlineData(1e19, ElementType.UInt64, unchecked((long)10000000000000000000UL))]
    public void Cast_of_a_float_truncates(double value, ElementType to, long expected)
    {
        var x = Tensor.Of(new Shape(1), new[] { value });

        Assert.Equal([expected], Evaluate(new Cast(to), x).Integers);
    }

    [Fact]
    public void Cast_of_integers_wraps_without_passing_through_floats()
    {
        var x = Integers(ElementType.Int64, (1L << 53) + 1, -1);

        Assert.Equal([(1L << 53) + 1, -1], Evaluate(new Cast(ElementType.UInt64), x).Integers);
        Assert.Equal([1L, 255], Evaluate(new Cast(ElementType.UInt8), x).Integers);
    }

    [Fact]
    public void Matrix_product_of_integers_is_exact()
    {
        var a = Tensor.Of(new Shape(1, 2), [(1L << 53) + 1, 1]);
        var b = Tensor.Of(new Shape(2, 1), [1L, 1]);

        Assert.Equal([(1L << 53) + 2], Evaluate(new MatMul(), a, b).Integers);
    }

    [Theory]
    [InlineData(UnaryKind.Neg, ElementType.Int8, -128, -128)]
    [InlineData(UnaryKind.Abs, ElementType.Int8, -128, -128)]
    [InlineData(UnaryKind.Abs, ElementType.UInt64, -1, -1)]
    [InlineData(UnaryKind.Sign, ElementType.Int64, long.MinValue, -1)]
    public void Functions_of_integers_stay_in_their_type(UnaryKind kind, ElementType type, long x, long expected)
    {
        Assert.Equal([expected], Evaluate(new Unary(kind), Integers(type, x)).Integers);
    }

    [Fact]
    public void Clip_of_integers_does_not_touch_what_is_inside()
    {
        var x = Integers(ElementType.Int64, (1L << 53) + 1, -5);

        Assert.Equal([(1L << 53) + 1, 0], Evaluate(new Clip(Clamp.Relu), x).Integers);
    }

    [Theory]
    [InlineData(ElementType.UInt8, 0, 255)]
    [InlineData(ElementType.Int8, -128, 127)]
    [InlineData(ElementType.Int64, long.MinValue, long.MaxValue)]
    [InlineData(ElementType.UInt64, 0, -1)]
    public void Saturation_stops_at_the_ends_of_the_range(ElementType type, long least, long greatest)
    {
        Assert.Equal(least, IntegerMath.Saturate(type, -1e30));
        Assert.Equal(greatest, IntegerMath.Saturate(type, 1e30));
        Assert.Equal(100, IntegerMath.Saturate(type, 100));
    }

    [Fact]
    public void Maximum_over_nothing_is_the_least_value()
    {
        var reduce = new Reduce(ReduceKind.Max, [0], KeepDims: false);

        Assert.Equal(float.NegativeInfinity, Evaluate(reduce, Vector()).Floats.Single());
        Assert.Equal(-128, Evaluate(reduce, Integers(ElementType.Int8)).Integers.Single());
    }
}
