using System;
using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization;

/// <summary>
/// From an int32 accumulator to a code: <c>clamp((mulhi(acc &lt;&lt; PreShift, m) + Addend) >> Shift, Min, Max)</c>, with
/// <c>mulhi(a, m) = (int)(((long)a * m) >> 32)</c>. All shifts are arithmetic. The compiler proves that neither <c>acc &lt;&lt; PreShift</c>
/// nor the sum leaves int32.
/// </summary>
/// <param name="Multipliers">One for the layer, or one per output channel; 0 .. 2^31 - 1 (negative only where a layer says so).</param>
/// <param name="PreShift">0 where the multiplier is small enough; else the accumulator gains these bits of precision first.</param>
/// <param name="Shift">0 .. 22.</param>
/// <param name="ZeroPoint">Z of the output.</param>
/// <param name="Min">Smallest code: 0, or more after a fused activation.</param>
/// <param name="Max">Largest code.</param>
public sealed record Requantization(ImmutableArray<int> Multipliers, int PreShift, int Shift, int ZeroPoint, int Min, int Max)
{
    /// <summary>Output zero point and rounding half, both at the scale before the last shift.</summary>
    public int Addend => (ZeroPoint << Shift) + (Shift > 0 ? 1 << (Shift - 1) : 0);

    public int Multiplier(int channel) => Multipliers.Length == 1 ? Multipliers[0] : Multipliers[channel];

    /// <summary>The definition: every back end equals this.</summary>
    public int Apply(int accumulator, int channel)
    {
        int high = (int)(((long)(accumulator << PreShift) * Multiplier(channel)) >> 32);
        return Math.Min(Math.Max((high + Addend) >> Shift, Min), Max);
    }
}
