using System;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Requantization of small sums to few bits without a product of 64 bits: <c>clamp((sum * Multiplier + Constant) >> Shift)</c> with a product of 32,
/// the bias and the zero point within the constant. It is used only where it makes the same code of every sum that can occur.
/// </summary>
/// <param name="Multiplier">Of the sum.</param>
/// <param name="Constant">Added to the product.</param>
internal readonly record struct ThinRequantization(int Multiplier, int Constant)
{
    /// <summary>Bits of the fraction.</summary>
    public const int Shift = 24;

    /// <summary>How far from the ratio a multiplier is looked for.</summary>
    private const int Search = 3;

    /// <param name="to">The requantization.</param>
    /// <param name="channel">The output channel.</param>
    /// <param name="bias">Added to every sum.</param>
    /// <param name="least">The least sum.</param>
    /// <param name="most">The largest sum.</param>
    /// <returns>Null where there is none.</returns>
    public static ThinRequantization? Of(Requantization to, int channel, int bias, int least, int most)
    {
        double ratio = to.Multiplier(channel) * Math.Pow(2, to.PreShift - to.Shift - 32 + Shift);
        if (Math.Abs(ratio) > int.MaxValue / 2)
            return null;

        double constant = (bias * ratio) + (to.Addend * Math.Pow(2, Shift - to.Shift));
        for (int i = 0; i <= 2 * Search; i++)
        {
            int multiplier = (int)Math.Round(ratio) + (i % 2 == 0 ? i / 2 : -(i + 1) / 2);
            if (ConstantOf(to, channel, bias, least, most, multiplier, constant) is { } found)
                return new ThinRequantization(multiplier, found);
        }

        return null;
    }

    /// <summary>The constant nearest to the wanted one with which a multiplier makes all codes, if there is one.</summary>
    private static int? ConstantOf(Requantization to, int channel, int bias, int least, int most, int multiplier, double wanted)
    {
        long low = int.MinValue, high = int.MaxValue;
        for (int sum = least; sum <= most; sum++)
        {
            long code = to.Apply(sum + bias, channel), product = (long)sum * multiplier;
            low = Math.Max(low, int.MinValue - product);
            high = Math.Min(high, int.MaxValue - product);
            if (code > to.Min)
                low = Math.Max(low, (code << Shift) - product);
            if (code < to.Max)
                high = Math.Min(high, ((code + 1) << Shift) - 1 - product);
        }

        return low > high ? null : (int)Math.Min(Math.Max(wanted, low), high);
    }
}
