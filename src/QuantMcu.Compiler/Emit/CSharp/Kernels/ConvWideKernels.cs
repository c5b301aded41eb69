using System;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The inner kernels of a convolution on widened codes, by the bits of the weights: neighbouring pixels times all outputs. A product
/// of pairs fits int32, so nothing saturates and every path gives the same bits.
/// </summary>
internal static class ConvWideKernels
{
    public static readonly Helper Multiply512 = new(
        "Multiply512",
        """
        /// <summary>Adds to 16 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Multiply512(Vector512<int> sum, byte* codes, Vector512<short> even, Vector512<short> odd) =>
            sum + (Avx512BW.MultiplyAddAdjacent(Vector512.Create(*(uint*)codes).AsInt16(), even)
                + Avx512BW.MultiplyAddAdjacent(Vector512.Create(*(uint*)(codes + 4)).AsInt16(), odd));
        """);

    public static readonly Helper Multiply256 = new(
        "Multiply256",
        """
        /// <summary>Adds to 8 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Multiply256(Vector256<int> sum, byte* codes, Vector256<short> even, Vector256<short> odd) =>
            sum + (Avx2.MultiplyAddAdjacent(Vector256.Create(*(uint*)codes).AsInt16(), even)
                + Avx2.MultiplyAddAdjacent(Vector256.Create(*(uint*)(codes + 4)).AsInt16(), odd));
        """);

    /// <summary>8 pixels by 16 outputs at a time.</summary>
    public static Helper Tile512(int bits)
    {
        var (suffix, split, block) = Names(bits);
        return new(
            "ConvolveWide512" + suffix,
            $$"""
            /// <summary>A tile of widened codes, 8 pixels by 16 outputs at a time.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolveWide512{{suffix}}(
                in WideTile wide, byte* y, sbyte* weights, int* bias, int* multipliers, int count, int pixel, int outputs,
                in Requantization to)
            {
                nint p = 8 * (nint)wide.PixelPitch, p2 = 2 * p, p3 = 3 * p;
                for (int m = 0; m < outputs; m += 16, y += 16)
                {
                    Vector512<int> s0 = Vector512.Load(bias + m), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                    for (int row = 0; row < wide.Rows; row++)
                    {
                        byte* x = (byte*)(wide.Codes + (row * wide.RowPitch));
                        for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, weights += {{block}})
                        {
                            byte* x3 = x + p3, x6 = x3 + p3;
                            Vector512<short> w = {{ConvWeights.Load(bits, 512, "weights")}};
                            Vector512<short> even = Even{{split}}(w), odd = Odd{{split}}(w);
                            s0 = Multiply512(s0, x, even, odd);
                            s1 = Multiply512(s1, x + p, even, odd);
                            s2 = Multiply512(s2, x + p2, even, odd);
                            s3 = Multiply512(s3, x3, even, odd);
                            s4 = Multiply512(s4, x3 + p, even, odd);
                            s5 = Multiply512(s5, x3 + p2, even, odd);
                            s6 = Multiply512(s6, x6, even, odd);
                            s7 = Multiply512(s7, x6 + p, even, odd);
                        }
                    }

                    Vector512<int> a = Vector512.Load(multipliers + m), b = Odd512(a);
                    Vector512<byte> first = Pack512(
                        Scale512(s0, a, b, to), Scale512(s1, a, b, to), Scale512(s2, a, b, to), Scale512(s3, a, b, to), to);
                    Vector512<byte> second = Pack512(
                        Scale512(s4, a, b, to), Scale512(s5, a, b, to), Scale512(s6, a, b, to), Scale512(s7, a, b, to), to);
                    if (count < 8 || outputs - m < 16)
                    {
                        StorePart(first, second, y, pixel, outputs - m, count);
                        continue;
                    }

                    first.GetLower().GetLower().Store(y);
                    first.GetLower().GetUpper().Store(y + pixel);
                    first.GetUpper().GetLower().Store(y + (2 * pixel));
                    first.GetUpper().GetUpper().Store(y + (3 * pixel));
                    second.GetLower().GetLower().Store(y + (4 * pixel));
                    second.GetLower().GetUpper().Store(y + (5 * pixel));
                    second.GetUpper().GetLower().Store(y + (6 * pixel));
                    second.GetUpper().GetUpper().Store(y + (7 * pixel));
                }
            }
            """,
            ConvCodes.Wide, ConvWeights.Split(bits, 512), Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Pack512,
            RequantizeHelpers.StorePart);
    }

    /// <summary>One pixel, 16 outputs at a time.</summary>
    public static Helper One512(int bits)
    {
        var (suffix, split, block) = Names(bits);
        return new(
            "ConvolveOne512" + suffix,
            $$"""
            /// <summary>One pixel of widened codes, 16 outputs at a time.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolveOne512{{suffix}}(
                in WideTile wide, int p, byte* y, sbyte* weights, int* bias, int* multipliers, int outputs, in Requantization to)
            {
                for (int m = 0; m < outputs; m += 16)
                {
                    Vector512<int> sum = Vector512.Load(bias + m);
                    for (int row = 0; row < wide.Rows; row++)
                    {
                        byte* x = (byte*)(wide.Codes + (p * wide.PixelPitch) + (row * wide.RowPitch));
                        for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, weights += {{block}})
                        {
                            Vector512<short> w = {{ConvWeights.Load(bits, 512, "weights")}};
                            Vector512<short> even = Even{{split}}(w), odd = Odd{{split}}(w);
                            sum = Multiply512(sum, x, even, odd);
                        }
                    }

                    Vector512<int> scale = Vector512.Load(multipliers + m);
                    Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, outputs - m);
                }
            }
            """,
            ConvCodes.Wide, ConvWeights.Split(bits, 512), Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Store512);
    }

    /// <summary>4 pixels by 16 outputs at a time.</summary>
    public static Helper Tile256(int bits)
    {
        var (suffix, split, block) = Names(bits);
        string half = FormattableString.Invariant($"(w + {block / 2})");
        return new(
            "ConvolveWide256" + suffix,
            $$"""
            /// <summary>A tile of widened codes, 4 pixels by 16 outputs at a time.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolveWide256{{suffix}}(
                in WideTile wide, byte* y, sbyte* weights, int* bias, int* multipliers, int count, int pixel, int outputs,
                in Requantization to)
            {
                nint p = 8 * (nint)wide.PixelPitch, p2 = 2 * p, p3 = 3 * p;
                for (int m = 0; m < outputs; m += 16, y += 16, weights += wide.Rows * wide.RowQuads * {{block}})
                {
                    Vector256<int> scaleA = Vector256.Load(multipliers + m), scaleB = Vector256.Load(multipliers + m + 8);
                    int channels = outputs - m;
                    for (int done = 0; done < count; done += 4)
                    {
                        Vector256<int> a0 = Vector256.Load(bias + m), b0 = Vector256.Load(bias + m + 8);
                        Vector256<int> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
                        sbyte* w = weights;
                        for (int row = 0; row < wide.Rows; row++)
                        {
                            byte* x = (byte*)(wide.Codes + (row * wide.RowPitch) + (done * wide.PixelPitch));
                            for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, w += {{block}})
                            {
                                Vector256<short> wa = {{ConvWeights.Load(bits, 256, "w")}}, wb = {{ConvWeights.Load(bits, 256, half)}};
                                Vector256<short> evenA = Even{{split}}(wa), oddA = Odd{{split}}(wa);
                                Vector256<short> evenB = Even{{split}}(wb), oddB = Odd{{split}}(wb);
                                a0 = Multiply256(a0, x, evenA, oddA);
                                b0 = Multiply256(b0, x, evenB, oddB);
                                a1 = Multiply256(a1, x + p, evenA, oddA);
                                b1 = Multiply256(b1, x + p, evenB, oddB);
                                a2 = Multiply256(a2, x + p2, evenA, oddA);
                                b2 = Multiply256(b2, x + p2, evenB, oddB);
                                a3 = Multiply256(a3, x + p3, evenA, oddA);
                                b3 = Multiply256(b3, x + p3, evenB, oddB);
                            }
                        }

                        byte* result = y + (done * pixel);
                        Store256(Requantize256(a0, scaleA, to), Requantize256(b0, scaleB, to), result, channels);
                        if (count - done > 1)
                            Store256(Requantize256(a1, scaleA, to), Requantize256(b1, scaleB, to), result + pixel, channels);
                        if (count - done > 2)
                            Store256(Requantize256(a2, scaleA, to), Requantize256(b2, scaleB, to), result + (2 * pixel), channels);
                        if (count - done > 3)
                            Store256(Requantize256(a3, scaleA, to), Requantize256(b3, scaleB, to), result + (3 * pixel), channels);
                    }
                }
            }
            """,
            ConvCodes.Wide, ConvWeights.Split(bits, 256), Multiply256, RequantizeHelpers.Narrow, RequantizeHelpers.Store256);
    }

    private static (string Suffix, string Split, int Block) Names(int bits)
    {
        string split = ConvCodes.Suffix(bits);
        return (bits == 8 ? "" : "Weights" + split, split, ConvWeights.BlockBytes(bits));
    }
}
