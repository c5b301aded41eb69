using System;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>From accumulators to codes, as <see cref="Requantization.Apply"/> defines it.</summary>
internal static class RequantizeHelpers
{
    public static readonly Helper Constants = new(
        "Requantization",
        """
        /// <summary>From an accumulator to a code: clamp((high half of (acc &lt;&lt; PreShift) * multiplier + Addend) >> Shift, Min, Max).</summary>
        private readonly struct Requantization
        {
            public readonly int PreShift, Addend, Shift, Min, Max;

            public Requantization(int preShift, int addend, int shift, int min, int max)
            {
                PreShift = preShift;
                Addend = addend;
                Shift = shift;
                Min = min;
                Max = max;
            }
        }
        """);

    public static readonly Helper One = new(
        "Requantize",
        """
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static byte Requantize(int accumulator, int multiplier, in Requantization to)
        {
            int high = (int)(((long)(accumulator << to.PreShift) * multiplier) >> 32);
            return (byte)Math.Min(Math.Max((high + to.Addend) >> to.Shift, to.Min), to.Max);
        }
        """,
        Constants);

    /// <summary>Declares a local with the constants of a layer.</summary>
    public static FormattableString Declare(Requantization to, string name = "to") =>
        $"var {name} = new Requantization(preShift: {to.PreShift}, addend: {to.Addend}, shift: {to.Shift}, min: {to.Min}, max: {to.Max});";
}
