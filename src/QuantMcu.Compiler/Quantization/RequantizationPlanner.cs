using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Invariants;

namespace QuantMcu.Compiler.Quantization;

/// <summary>
/// Chooses the integers of a <see cref="Requantization"/> for given real ratios (accumulator unit over output scale).
/// A ratio r becomes r = m * 2^PreShift / 2^(32 + Shift), the largest multiplier with 31 significant bits, so the difference Shift - PreShift
/// is given by the ratio alone. PreShift is then raised, as far as the accumulator's bound leaves room, until
/// <see cref="FractionBits"/> bits remain below the code when the product is rounded: mulhi truncates, and what it drops is
/// 2^-Shift of a code.
/// </summary>
internal static class RequantizationPlanner
{
    /// <summary>Bits below the code that survive the product; 8 leave an error of at most 1/128 of a code beyond exact rounding.</summary>
    public const int FractionBits = 8;

    private const int LargestShift = 22;

    /// <summary>Null where an accumulator of this range cannot be scaled by these ratios in 32 bits.</summary>
    /// <param name="ratios">One for the layer or one per channel. Negative only for layers that allow it.</param>
    /// <param name="range">Bounds of all accumulators.</param>
    /// <param name="output">Quantizer of the output.</param>
    /// <param name="min">Smallest code.</param>
    /// <param name="max">Largest code.</param>
    public static Requantization? Plan(IReadOnlyList<double> ratios, AccumulatorRange range, Quantizer output, int min, int max)
    {
        double largest = ratios.Max(ratio => Math.Abs(ratio));
        int net = Math.Min(NetShift(largest), LargestShift);
        int room = Room(range);
        int preShift = Math.Max(0, Math.Min(Math.Min(FractionBits - net, room), LargestShift - net));
        int shift = net + preShift;
        if (shift < 1 || room < 0)
            return null;

        double unit = Math.Pow(2, 32 + net);
        var multipliers = ratios.Select(ratio => (int)Math.Round(ratio * unit, MidpointRounding.ToEven)).ToImmutableArray();
        if (multipliers.All(multiplier => multiplier == multipliers[0]))
            multipliers = ImmutableArray.Create(multipliers[0]);

        return new Requantization(multipliers, preShift, shift, output.ZeroPoint, min, max);
    }

    /// <summary>Bits by which accumulators must be shifted left, whatever their range, for the largest of these ratios.</summary>
    public static int LeastPreShift(IEnumerable<double> ratios) =>
        Math.Max(0, 1 - Math.Min(NetShift(ratios.Max(ratio => Math.Abs(ratio))), LargestShift));

    /// <summary>The n with ratio * 2^(32 + n) in [2^30, 2^31), rounding included.</summary>
    private static int NetShift(double ratio)
    {
        if (ratio == 0)
            return FractionBits;

        int net = LargestShift;
        while (Math.Round(ratio * Math.Pow(2, 32 + net), MidpointRounding.ToEven) > int.MaxValue)
            net--;

        return net;
    }

    /// <summary>Bits by which every value of the range can be shifted left inside int32; -1 where not even 0.</summary>
    private static int Room(AccumulatorRange range)
    {
        int room = -1;
        while (room < 30 && range.ShiftedLeft(room + 1).FitsInt32)
            room++;

        return room;
    }
}
