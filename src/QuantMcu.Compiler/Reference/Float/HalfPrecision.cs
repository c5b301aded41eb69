using System;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. (System.Half is not in .NET Standard.)</summary>
internal static class HalfPrecision
{
    private const int FractionBits = 10;
    private const int SmallestNormalExponent = -14;

    /// <summary>Halfway between the largest finite half, 65504, and 2^16: from here on values round to infinity.</summary>
    private const double Overflow = 65520;

    /// <summary>The half nearest to a value, ties to even, subnormals kept.</summary>
    public static float Round(double value)
    {
        double magnitude = Math.Abs(value);
        if (double.IsNaN(value) || value == 0)
            return (float)value;
        if (magnitude >= Overflow)
            return value > 0 ? float.PositiveInfinity : float.NegativeInfinity;

        double spacing = PowerOfTwo(Math.Max(Exponent(magnitude), SmallestNormalExponent) - FractionBits);
        return (float)(Math.Round(value / spacing, MidpointRounding.ToEven) * spacing);
    }

    private static int Exponent(double magnitude) => (int)(BitConverter.DoubleToInt64Bits(magnitude) >> 52) - 1023;

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
