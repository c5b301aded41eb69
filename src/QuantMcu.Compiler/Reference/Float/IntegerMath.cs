using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>Arithmetic of the integer element types, all held in a long (UInt64 by its bits).</summary>
internal static class IntegerMath
{
    /// <summary>The value modulo the width of the type, as two's complement or unsigned.</summary>
    public static long Wrap(ElementType type, long value) => type switch
    {
        ElementType.Int8 => unchecked((sbyte)value),
        ElementType.Int16 => unchecked((short)value),
        ElementType.Int32 => unchecked((int)value),
        ElementType.UInt8 => unchecked((byte)value),
        ElementType.UInt16 => unchecked((ushort)value),
        ElementType.UInt32 => unchecked((uint)value),
        ElementType.Bool => value != 0 ? 1 : 0,
        _ => value,
    };

    /// <summary>Truncates towards zero, then wraps; NaN becomes 0. Bool is whether the value differs from 0.</summary>
    public static long FromDouble(ElementType type, double value)
    {
        const double TwoTo63 = 9223372036854775808.0;
        if (type == ElementType.Bool)
            return value != 0 ? 1 : 0;
        if (double.IsNaN(value))
            return 0;
        if (value < -TwoTo63)
            return Wrap(type, long.MinValue);
        if (value < TwoTo63)
            return Wrap(type, (long)value);
        if (type == ElementType.UInt64)
            return value < 2 * TwoTo63 ? unchecked((long)(ulong)value) : -1;

        return Wrap(type, long.MaxValue);
    }

    /// <summary>The value limited to the range of the type; NaN becomes 0.</summary>
    public static long Saturate(ElementType type, double value)
    {
        if (value <= Least(type))
            return Least(type);

        double greatest = type == ElementType.UInt64 ? ulong.MaxValue : Greatest(type);
        return value >= greatest ? Greatest(type) : FromDouble(type, value);
    }

    public static int Compare(ElementType type, long a, long b) =>
        type == ElementType.UInt64 ? unchecked((ulong)a).CompareTo(unchecked((ulong)b)) : a.CompareTo(b);

    /// <summary>The smallest value of the type.</summary>
    public static long Least(ElementType type) => type.IsUnsigned() ? 0 : long.MinValue >> (64 - type.IntegerBits());

    /// <summary>The largest value of the type (of UInt64, by its bits).</summary>
    public static long Greatest(ElementType type)
    {
        int unused = 64 - type.IntegerBits();
        return type.IsUnsigned() ? unchecked((long)(ulong.MaxValue >> unused)) : long.MaxValue >> unused;
    }

    /// <summary>Quotient truncated towards zero; the one overflow, least / -1, wraps. The divisor is not 0.</summary>
    public static long Divide(ElementType type, long a, long b)
    {
        if (type == ElementType.UInt64)
            return unchecked((long)((ulong)a / (ulong)b));

        return b == -1 ? unchecked(-a) : a / b;
    }

    /// <summary>a to a non-negative power, modulo 2^64.</summary>
    public static long Power(long a, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                result = unchecked(result * a);

            a = unchecked(a * a);
        }

        return result;
    }
}
