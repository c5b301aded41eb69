using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Invariants;

/// <summary>The proof that <see cref="Requantization.Apply"/> stays inside int32 and ends in a code.</summary>
internal static class RequantizationInvariants
{
    public static void Verify(Requantization requantization, QuantizedLayer layer, Quantizer output, bool signedMultipliers = false)
    {
        void Require(bool condition, string what) => NetworkInvariants.Require(condition, layer.Name, layer.Operator, what);

        Require(requantization.Shift is >= 0 and <= 22, "shift " + requantization.Shift);
        Require(requantization.PreShift is >= 0 and <= 30, "first shift " + requantization.PreShift);
        Require(requantization.ZeroPoint == output.ZeroPoint, "the zero point is not the output's");
        Require(requantization.Min >= 0 && requantization.Min <= requantization.Max && requantization.Max <= output.MaxCode, "clamp is no code range");
        Require(requantization.Multipliers.Length > 0, "no multiplier");
        Require(requantization.Multipliers.All(m => signedMultipliers ? m > int.MinValue : m >= 0), "multiplier out of range");
    }

    /// <summary>Proves one channel, whose accumulator stays within <paramref name="range"/>.</summary>
    public static void VerifyRange(Requantization requantization, QuantizedLayer layer, AccumulatorRange range, int channel)
    {
        var shifted = range.ShiftedLeft(requantization.PreShift);
        NetworkInvariants.Require(shifted.FitsInt32, layer.Name, layer.Operator, "the accumulator of channel " + channel + " may overflow");

        long multiplier = requantization.Multiplier(channel);
        long atMin = (shifted.Min * multiplier) >> 32, atMax = (shifted.Max * multiplier) >> 32;
        var sum = new AccumulatorRange(
            System.Math.Min(atMin, atMax) + requantization.Addend,
            System.Math.Max(atMin, atMax) + requantization.Addend);
        NetworkInvariants.Require(sum.FitsInt32, layer.Name, layer.Operator, "the requantized sum of channel " + channel + " may overflow");
    }
}
