using System;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Requantization by a rounded high half of a product, after which nothing is left to shift: <c>clamp(((sum * Multiplier + 2^31) >> 32) + Zero)</c>.
/// It is used only where it makes the same code of every sum that can occur.
/// </summary>
internal static class RoundedRequantization
{
    /// <summary>How far from the ratio a multiplier is looked for.</summary>
    private const int Search = 3;

    /// <param name="to">The requantization.</param>
    /// <returns>The zero point of its addend.</returns>
    public static int Zero(Requantization to) => to.Addend >> to.Shift;

    /// <param name="to">The requantization.</param>
    /// <param name="channel">The output channel.</param>
    /// <param name="least">The least sum, with the bias.</param>
    /// <param name="most">The largest sum.</param>
    /// <returns>The multiplier; null where there is none.</returns>
    public static int? Multiplier(Requantization to, int channel, int least, int most)
    {
        double ratio = to.Multiplier(channel) * Math.Pow(2, to.PreShift - to.Shift);
        if (ratio < 1 || ratio > int.MaxValue / 2)
            return null;

        for (int i = 0; i <= 2 * Search; i++)
        {
            int multiplier = (int)Math.Round(ratio) + (i % 2 == 0 ? i / 2 : -(i + 1) / 2);
            if (multiplier > 0 && IsSame(to, channel, least, most, multiplier))
                return multiplier;
        }

        return null;
    }

    /// <summary>Both never fall with the sum, so that they are the same where every code begins at the same sum; unclamped codes fit 16 bits.</summary>
    private static bool IsSame(Requantization to, int channel, int least, int most, int multiplier)
    {
        if (Code(to, least, multiplier) < short.MinValue || Code(to, most, multiplier) > short.MaxValue)
            return false;

        for (int code = to.Min + 1; code <= to.Max; code++)
        {
            int first = First(to, channel, least, most, code);
            if ((first > least && Code(to, first - 1, multiplier) >= code) || (first <= most && Code(to, first, multiplier) < code))
                return false;
        }

        return true;
    }

    private static long Code(Requantization to, int sum, int multiplier) => (((long)sum * multiplier + (1L << 31)) >> 32) + Zero(to);

    /// <summary>The least sum that makes a code or a larger one; beyond the most where there is none.</summary>
    private static int First(Requantization to, int channel, int least, int most, int code)
    {
        int low = least, high = most + 1;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (to.Apply(middle, channel) >= code)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
