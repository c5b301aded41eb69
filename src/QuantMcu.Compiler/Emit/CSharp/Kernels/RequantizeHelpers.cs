using System;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>From accumulators to codes, as <see cref="Requantization.Apply"/> defines it: one, 8 or 16 at a time.</summary>
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

    private static readonly Helper StoreFirst = new(
        "StoreFirst",
        """
        /// <summary>Stores the first bytes of a vector.</summary>
        private static void StoreFirst(Vector128<byte> codes, byte* y, int count)
        {
            for (int i = 0; i < count; i++)
                y[i] = codes.GetElement(i);
        }
        """);

    /// <summary>16 channels to at most 16 bytes, with 512-bit vectors.</summary>
    public static readonly Helper Wide = new(
        "Store512",
        """
        /// <summary>Requantizes 16 channels of a pixel and stores the first of them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store512(Vector512<int> accumulators, Vector512<int> multipliers, in Requantization to, byte* y, int count)
        {
            Vector512<int> shifted = Vector512.ShiftLeft(accumulators, to.PreShift);
            Vector512<long> even = Avx512F.Multiply(shifted, multipliers);
            Vector512<long> odd = Avx512F.Multiply(OddLanes(shifted), OddLanes(multipliers));
            Vector512<int> high = Vector512.ConditionalSelect(
                Vector512.Create(0xFFFFFFFF00000000UL).AsInt32(), odd.AsInt32(), OddLanes(even.AsInt32()));
            Vector512<int> codes = Vector512.ShiftRightArithmetic(high + Vector512.Create(to.Addend), to.Shift);
            codes = Vector512.Min(Vector512.Max(codes, Vector512.Create(to.Min)), Vector512.Create(to.Max));
            Vector128<byte> packed = Avx512F.ConvertToVector128Byte(codes);
            if (count >= 16)
                packed.Store(y);
            else if (count == 8)
                *(ulong*)y = packed.AsUInt64().ToScalar();
            else
                StoreFirst(packed, y, count);

            static Vector512<int> OddLanes(Vector512<int> lanes) => Vector512.ShiftRightLogical(lanes.AsUInt64(), 32).AsInt32();
        }
        """,
        Constants, StoreFirst);

    /// <summary>8 channels to codes in int32 lanes, with 256-bit vectors.</summary>
    public static readonly Helper Narrow = new(
        "Requantize256",
        """
        /// <summary>Requantizes 8 channels of a pixel; the codes stay in int32 lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Requantize256(Vector256<int> accumulators, Vector256<int> multipliers, in Requantization to)
        {
            Vector256<int> shifted = Vector256.ShiftLeft(accumulators, to.PreShift);
            Vector256<long> even = Avx2.Multiply(shifted, multipliers);
            Vector256<long> odd = Avx2.Multiply(OddLanes(shifted), OddLanes(multipliers));
            Vector256<int> high = Avx2.Blend(OddLanes(even.AsInt32()), odd.AsInt32(), 0b10101010);
            Vector256<int> codes = Vector256.ShiftRightArithmetic(high + Vector256.Create(to.Addend), to.Shift);
            return Vector256.Min(Vector256.Max(codes, Vector256.Create(to.Min)), Vector256.Create(to.Max));

            static Vector256<int> OddLanes(Vector256<int> lanes) => Vector256.ShiftRightLogical(lanes.AsUInt64(), 32).AsInt32();
        }
        """,
        Constants);

    /// <summary>16 channels to at most 16 bytes, with 256-bit vectors.</summary>
    public static readonly Helper Store256 = new(
        "Store256",
        """
        /// <summary>Packs the codes of 16 channels and stores the first of them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store256(Vector256<int> first, Vector256<int> second, byte* y, int count)
        {
            Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0b11011000).AsInt16();
            Vector128<byte> packed = Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
            if (count >= 16)
                packed.Store(y);
            else if (count == 8)
                *(ulong*)y = packed.AsUInt64().ToScalar();
            else
                StoreFirst(packed, y, count);
        }
        """,
        StoreFirst);

    /// <summary>Declares a local with the constants of a layer.</summary>
    public static FormattableString Declare(Requantization to, string name = "to") =>
        $"var {name} = new Requantization(preShift: {to.PreShift}, addend: {to.Addend}, shift: {to.Shift}, min: {to.Min}, max: {to.Max});";
}
