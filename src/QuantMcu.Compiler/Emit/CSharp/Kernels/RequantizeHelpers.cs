using System;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>From accumulators to codes, as <see cref="Requantization.Apply"/> defines it: one, 8 or 16 at a time.</summary>
internal static class RequantizeHelpers
{
    public static readonly Helper Constants = new(
        "Requantization",
        """
        /// <summary>
        /// From an accumulator to a code: clamp((high half of (acc &lt;&lt; PreShift) * multiplier + Addend) >> Shift, Min, Max).
        /// </summary>
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
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void StoreFirst(Vector128<byte> codes, byte* y, int count)
        {
            if (count >= 16)
                codes.Store(y);
            else if (count == 8)
                *(ulong*)y = codes.AsUInt64().ToScalar();
            else
                StoreSome(codes, y, count);
        }
        """,
        new Helper(
            "StoreSome",
            """
            [MethodImpl(MethodImplOptions.NoInlining)]
            private static void StoreSome(Vector128<byte> codes, byte* y, int count)
            {
                for (int i = 0; i < count; i++)
                    y[i] = codes.GetElement(i);
            }
            """));

    /// <summary>16 channels to codes in int32 lanes that still need saturation, with 512-bit vectors.</summary>
    public static readonly Helper Scale512 = new(
        "Scale512",
        """
        /// <summary>
        /// Requantizes 16 channels of a pixel but for the clamp. The multipliers come twice: as they are and for the odd lanes.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Scale512(
            Vector512<int> accumulators, Vector512<int> multipliers, Vector512<int> oddMultipliers, in Requantization to)
        {
            Vector512<int> shifted = Vector512.ShiftLeft(accumulators, to.PreShift);
            Vector512<long> even = Avx512F.Multiply(shifted, multipliers);
            Vector512<long> odd = Avx512F.Multiply(Odd512(shifted), oddMultipliers);
            Vector512<int> high = Vector512.ConditionalSelect(
                Vector512.Create(0xFFFFFFFF00000000UL).AsInt32(), odd.AsInt32(), Odd512(even.AsInt32()));
            return Vector512.ShiftRightArithmetic(high + Vector512.Create(to.Addend), to.Shift);
        }
        """,
        Constants, new Helper(
            "Odd512",
            """
            /// <summary>The odd lanes in the place of the even ones.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static Vector512<int> Odd512(Vector512<int> lanes) =>
                Vector512.ShiftRightLogical(lanes.AsUInt64(), 32).AsInt32();
            """));

    /// <summary>16 channels of one pixel.</summary>
    public static readonly Helper Store512 = new(
        "Store512",
        """
        /// <summary>Clamps 16 channels of a pixel and stores the first of them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store512(Vector512<int> codes, in Requantization to, byte* y, int channels)
        {
            codes = Vector512.Min(Vector512.Max(codes, Vector512.Create(to.Min)), Vector512.Create(to.Max));
            StoreFirst(Avx512F.ConvertToVector128Byte(codes), y, channels);
        }
        """,
        Constants, StoreFirst);

    /// <summary>16 channels of four pixels.</summary>
    public static readonly Helper Pack512 = new(
        "Pack512",
        """
        /// <summary>Clamps 16 channels of four pixels, pixel after pixel; saturating packs do most of the clamping.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Pack512(
            Vector512<int> p0, Vector512<int> p1, Vector512<int> p2, Vector512<int> p3, in Requantization to)
        {
            Vector512<byte> packed =
                Avx512BW.PackUnsignedSaturate(Avx512BW.PackSignedSaturate(p0, p1), Avx512BW.PackSignedSaturate(p2, p3));
            packed = Vector512.Min(Vector512.Max(packed, Vector512.Create((byte)to.Min)), Vector512.Create((byte)to.Max));
            Vector512<int> order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            return Avx512F.PermuteVar16x32(packed.AsInt32(), order).AsByte();
        }
        """,
        Constants);

    /// <summary>What a tile at an edge stores.</summary>
    public static readonly Helper StorePart = new(
        "StorePart",
        """
        /// <summary>Stores the first pixels and channels of 8 pixels by 16 channels.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void StorePart(Vector512<byte> first, Vector512<byte> second, byte* y, int pixel, int channels, int pixels)
        {
            byte* codes = stackalloc byte[128];
            first.Store(codes);
            second.Store(codes + 64);
            for (int p = 0; p < pixels; p++, codes += 16, y += pixel)
                StoreFirst(Vector128.Load(codes), y, channels);
        }
        """,
        StoreFirst);

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
        private static void Store256(Vector256<int> first, Vector256<int> second, byte* y, int channels)
        {
            Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0b11011000).AsInt16();
            Vector128<byte> packed = Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
            StoreFirst(packed, y, channels);
        }
        """,
        StoreFirst);

    /// <summary>Declares a local with the constants of a layer.</summary>
    public static FormattableString Declare(Requantization to, string name = "to") =>
        $$"""
        var {{name}} = new Requantization(
            preShift: {{to.PreShift}}, addend: {{to.Addend}}, shift: {{to.Shift}}, min: {{to.Min}}, max: {{to.Max}});
        """;
}
