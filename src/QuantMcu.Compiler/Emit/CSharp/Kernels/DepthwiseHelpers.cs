namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The shared depthwise kernel. Taps go in vertical pairs. A pixel whose window leaves the image takes its taps from a table of
/// pointers, those outside pointing at a pixel of padding codes. Rows of inner pixels under a 3x3 kernel go column by column:
/// what a column gives to one pixel is at hand for the next.
/// </summary>
internal static class DepthwiseHelpers
{
    public static readonly Helper Shape = new(
        "DepthwiseShape",
        """
        private struct DepthwiseShape
        {
            public int Height, Width, Pitch, Channels, ResultPitch;
            public int KernelHeight, KernelWidth, StrideY, StrideX, DilationY, DilationX, PadTop, PadLeft;
        }
        """);

    private static readonly Helper PixelPortable = new(
        "DepthwisePixelPortable",
        """
        /// <summary>One pixel; weights are [pair of taps][channel][2].</summary>
        private static void DepthwisePixelPortable(
            byte** taps, int pairs, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
        {
            for (int c = 0; c < channels; c++)
            {
                int sum = bias[c];
                for (int pair = 0; pair < pairs; pair++)
                {
                    sbyte* w = weights + (((pair * channels) + c) * 2);
                    sum += (w[0] * taps[2 * pair][c]) + (w[1] * taps[(2 * pair) + 1][c]);
                }

                y[c] = Requantize(sum, multipliers[c], to);
            }
        }
        """,
        RequantizeHelpers.One);

    private static readonly Helper Pixel512 = new(
        "DepthwisePixel512",
        """
        /// <summary>16 channels of one pixel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void DepthwisePixel512(
            byte** taps, int pairs, int c, int channels, byte* y, sbyte* weights, int* bias, int* multipliers,
            in Requantization to)
        {
            Vector512<int> sum = Vector512.Load(bias + c);
            sbyte* w = weights + (2 * c);
            for (int pair = 0; pair < pairs; pair++, w += 2 * channels)
            {
                Vector512<int> first = Avx512F.ConvertToVector512Int32(Vector128.Load(taps[2 * pair] + c));
                Vector512<int> second = Avx512F.ConvertToVector512Int32(Vector128.Load(taps[(2 * pair) + 1] + c));
                Vector512<short> codes = (first | Vector512.ShiftLeft(second, 16)).AsInt16();
                sum += Avx512BW.MultiplyAddAdjacent(codes, Avx512BW.ConvertToVector512Int16(Vector256.Load(w)));
            }

            Vector512<int> scale = Vector512.Load(multipliers + c);
            Store512(Scale512(sum, scale, Odd512(scale), to), to, y + c, 16);
        }
        """,
        RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private static readonly Helper Pixel256 = new(
        "DepthwisePixel256",
        """
        /// <summary>8 channels of one pixel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void DepthwisePixel256(
            byte** taps, int pairs, int c, int channels, byte* y, sbyte* weights, int* bias, int* multipliers,
            in Requantization to)
        {
            Vector256<int> sum = Vector256.Load(bias + c);
            sbyte* w = weights + (2 * c);
            for (int pair = 0; pair < pairs; pair++, w += 2 * channels)
            {
                Vector256<int> first = Avx2.ConvertToVector256Int32(taps[2 * pair] + c);
                Vector256<int> second = Avx2.ConvertToVector256Int32(taps[(2 * pair) + 1] + c);
                Vector256<short> codes = (first | Vector256.ShiftLeft(second, 16)).AsInt16();
                sum += Avx2.MultiplyAddAdjacent(codes, Avx2.ConvertToVector256Int16(w));
            }

            Vector256<int> result = Requantize256(sum, Vector256.Load(multipliers + c), to);
            Store256(result, result, y + c, 8);
        }
        """,
        RequantizeHelpers.Narrow, RequantizeHelpers.Store256);

    private static readonly Helper Pixel128 = new(
        "DepthwisePixel128",
        """
        /// <summary>8 channels of one pixel. A product of a code and a weight fits int16.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void DepthwisePixel128(
            byte** taps, int pairs, int c, int channels, byte* y, sbyte* weights, int* bias, int* multipliers,
            in Requantization to)
        {
            Vector128<int> low = Vector128.Load(bias + c), high = Vector128.Load(bias + c + 4);
            sbyte* w = weights + (2 * c);
            for (int pair = 0; pair < pairs; pair++, w += 2 * channels)
            {
                Vector128<short> both = Vector128.Load((short*)w);
                Vector128<short> first =
                    Codes(taps[2 * pair] + c) * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(both, 8), 8);
                Vector128<short> second = Codes(taps[(2 * pair) + 1] + c) * Vector128.ShiftRightArithmetic(both, 8);
                low += Vector128.WidenLower(first) + Vector128.WidenLower(second);
                high += Vector128.WidenUpper(first) + Vector128.WidenUpper(second);
            }

            for (int i = 0; i < 4; i++)
            {
                y[c + i] = Requantize(low.GetElement(i), multipliers[c + i], to);
                y[c + 4 + i] = Requantize(high.GetElement(i), multipliers[c + 4 + i], to);
            }

            static Vector128<short> Codes(byte* from) =>
                Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)from).AsByte()).AsInt16();
        }
        """,
        RequantizeHelpers.One);

    private static readonly Helper Pixel = new(
        "DepthwisePixel",
        """
        /// <summary>
        /// One pixel. A last block that is not whole starts earlier and does some channels again, to the same codes.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void DepthwisePixel(
            byte** taps, int pairs, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
        {
            if (Avx512BW.IsSupported && channels >= 16)
            {
                for (int c = 0; c < channels; c += 16)
                    DepthwisePixel512(taps, pairs, Math.Min(c, channels - 16), channels, y, weights, bias, multipliers, to);
            }
            else if (Avx2.IsSupported && channels >= 8)
            {
                for (int c = 0; c < channels; c += 8)
                    DepthwisePixel256(taps, pairs, Math.Min(c, channels - 8), channels, y, weights, bias, multipliers, to);
            }
            else if (Vector128.IsHardwareAccelerated && channels >= 8)
            {
                for (int c = 0; c < channels; c += 8)
                    DepthwisePixel128(taps, pairs, Math.Min(c, channels - 8), channels, y, weights, bias, multipliers, to);
            }
            else
            {
                DepthwisePixelPortable(taps, pairs, channels, y, weights, bias, multipliers, to);
            }
        }
        """,
        Pixel512, Pixel256, Pixel128, PixelPortable);

    private static readonly Helper BorderPixel = new(
        "DepthwiseBorderPixel",
        """
        /// <summary>One pixel, wherever its window lies.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void DepthwiseBorderPixel(
            byte* x, byte* y, int top, int left, byte** taps, sbyte* weights, int* bias, int* multipliers, byte* padding,
            in DepthwiseShape shape, in Requantization to)
        {
            byte** tap = taps;
            for (int kx = 0; kx < shape.KernelWidth; kx++)
            {
                int ix = left + (kx * shape.DilationX);
                for (int ky = 0; ky < shape.KernelHeight; ky++)
                {
                    int iy = top + (ky * shape.DilationY);
                    bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                    *tap++ = inside ? x + ((long)iy * shape.Pitch) + (ix * shape.Channels) : padding;
                }

                // The partner of an odd last tap has weight 0.
                if (shape.KernelHeight % 2 != 0)
                    *tap++ = padding;
            }

            DepthwisePixel(taps, (int)(tap - taps) / 2, shape.Channels, y, weights, bias, multipliers, to);
        }
        """,
        Shape, Pixel);

    private static readonly Helper LargePixel = new(
        "DepthwiseLargePixel",
        """
        /// <summary>One pixel under a kernel of too many taps for a table.</summary>
        private static void DepthwiseLargePixel(
            byte* x, byte* y, int top, int left, sbyte* weights, int* bias, int* multipliers, byte* padding,
            in DepthwiseShape shape, in Requantization to)
        {
            int pairs = (shape.KernelHeight + 1) / 2;
            for (int c = 0; c < shape.Channels; c++)
            {
                int sum = bias[c];
                for (int kx = 0; kx < shape.KernelWidth; kx++)
                {
                    int ix = left + (kx * shape.DilationX);
                    for (int ky = 0; ky < shape.KernelHeight; ky++)
                    {
                        int iy = top + (ky * shape.DilationY);
                        bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                        byte code = inside ? x[((long)iy * shape.Pitch) + (ix * shape.Channels) + c] : padding[c];
                        sum += weights[(((((kx * pairs) + (ky / 2)) * shape.Channels) + c) * 2) + (ky % 2)] * code;
                    }
                }

                y[c] = Requantize(sum, multipliers[c], to);
            }
        }
        """,
        Shape, RequantizeHelpers.One);

    private static readonly Helper Row512 = new(
        "DepthwiseRow512",
        """
        /// <summary>
        /// Neighbouring pixels under a 3x3 kernel, 16 channels at a time. Each row of the image has its own step: 0 for a row of
        /// padding.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void DepthwiseRow512(
            byte* r0, byte* r1, byte* r2, int d0, int d1, int d2, bool slides, int count, int channels, byte* y,
            sbyte* weights, int* bias, int* multipliers, in Requantization to)
        {
            for (int block = 0; block < channels; block += 16)
            {
                int c = Math.Min(block, channels - 16);
                sbyte* w = weights + (2 * c);
                Vector512<short> w0 = Weights512(w), w1 = Weights512(w + (4 * channels)), w2 = Weights512(w + (8 * channels));
                w += 2 * channels;
                Vector512<short> v0 = Weights512(w), v1 = Weights512(w + (4 * channels)), v2 = Weights512(w + (8 * channels));
                Vector512<int> start = Vector512.Load(bias + c), scale = Vector512.Load(multipliers + c);
                Vector512<int> oddScale = Odd512(scale);
                byte* a = r0 + c, b = r1 + c, d = r2 + c, result = y + c;
                Vector512<short> pair0 = Pair512(a, b), last0 = Codes512(d);
                Vector512<short> pair1 = Pair512(a + d0, b + d1), last1 = Codes512(d + d2);
                for (int p = 0; p < count; p++, result += channels)
                {
                    a += d0;
                    b += d1;
                    d += d2;
                    Vector512<short> pair2 = Pair512(a + d0, b + d1), last2 = Codes512(d + d2);
                    Vector512<int> first = start + Avx512BW.MultiplyAddAdjacent(pair0, w0)
                        + Avx512BW.MultiplyAddAdjacent(pair1, w1);
                    Vector512<int> second = Avx512BW.MultiplyAddAdjacent(last0, v0) + Avx512BW.MultiplyAddAdjacent(last1, v1);
                    Vector512<int> third = Avx512BW.MultiplyAddAdjacent(pair2, w2) + Avx512BW.MultiplyAddAdjacent(last2, v2);
                    Store512(Scale512(first + second + third, scale, oddScale, to), to, result, 16);
                    if (slides)
                    {
                        (pair0, pair1, last0, last1) = (pair1, pair2, last1, last2);
                    }
                    else if (p < count - 1)
                    {
                        a += d0;
                        b += d1;
                        d += d2;
                        (pair0, last0) = (pair2, last2);
                        pair1 = Pair512(a + d0, b + d1);
                        last1 = Codes512(d + d2);
                    }
                }
            }

            static Vector512<short> Weights512(sbyte* from) => Avx512BW.ConvertToVector512Int16(Vector256.Load(from));

            static Vector512<short> Codes512(byte* from) => Avx512F.ConvertToVector512Int32(Vector128.Load(from)).AsInt16();

            static Vector512<short> Pair512(byte* upper, byte* lower) =>
                Codes512(upper) | Vector512.ShiftLeft(Codes512(lower).AsInt32(), 16).AsInt16();
        }
        """,
        RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private const string Store = "Store8(Requantize256(first + second + third, scale, to), result);";

    private static readonly Helper Row256 = new(
        "DepthwiseRow256",
        Row512.Text
            .Replace("Avx512BW.ConvertToVector512Int16(Vector256.Load(from))", "Avx2.ConvertToVector256Int16(from)")
            .Replace("Avx512F.ConvertToVector512Int32(Vector128.Load(from))", "Avx2.ConvertToVector256Int32(from)")
            .Replace("Store512(Scale512(first + second + third, scale, oddScale, to), to, result, 16);", Store)
            .Replace("\n        Vector512<int> oddScale = Odd512(scale);", "")
            .Replace("16 channels at a time", "8 channels at a time")
            .Replace("block += 16", "block += 8").Replace("channels - 16", "channels - 8")
            .Replace("Avx512BW", "Avx2").Replace("512", "256"),
        RequantizeHelpers.Narrow, RequantizeHelpers.Store256, new Helper(
            "Store8",
            """
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static void Store8(Vector256<int> codes, byte* y) => Store256(codes, codes, y, 8);
            """));

    private static readonly Helper Row = new(
        "DepthwiseRow",
        """
        /// <summary>
        /// Inner pixels of a row under a 3x3 kernel; returns how many were done, none where the processor or the shape is not
        /// for it. Rows above or below the image are rows of padding.
        /// </summary>
        private static int DepthwiseRow(
            byte* x, byte* y, int top, int left, int count, byte* weights, byte* bias, byte* multipliers, byte* padding,
            in DepthwiseShape shape, in Requantization to)
        {
            bool fits = shape.KernelHeight == 3 && shape.KernelWidth == 3 && shape.DilationX == 1 && shape.StrideX <= 2;
            int least = Avx512BW.IsSupported ? 16 : 8;
            if (!fits || !Avx2.IsSupported || shape.Channels < least || count <= 0)
                return 0;

            byte** rows = stackalloc byte*[3];
            int* steps = stackalloc int[3];
            for (int ky = 0; ky < 3; ky++)
            {
                int iy = top + (ky * shape.DilationY);
                bool inside = (uint)iy < (uint)shape.Height;
                rows[ky] = inside ? x + ((long)iy * shape.Pitch) + (left * shape.Channels) : padding;
                steps[ky] = inside ? shape.Channels : 0;
            }

            if (Avx512BW.IsSupported)
                DepthwiseRow512(
                    rows[0], rows[1], rows[2], steps[0], steps[1], steps[2], shape.StrideX == 1, count, shape.Channels, y,
                    (sbyte*)weights, (int*)bias, (int*)multipliers, to);
            else
                DepthwiseRow256(
                    rows[0], rows[1], rows[2], steps[0], steps[1], steps[2], shape.StrideX == 1, count, shape.Channels, y,
                    (sbyte*)weights, (int*)bias, (int*)multipliers, to);

            return count;
        }
        """,
        Shape, Row512, Row256);

    public static readonly Helper Convolve = new(
        "ConvolveDepthwise",
        """
        /// <summary>A depthwise convolution of one image.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveDepthwise(
            byte* x, byte* y, byte* weights, byte* bias, byte* multipliers, byte* padding, in DepthwiseShape shape,
            in Region region, in Requantization to)
        {
            const int MostTaps = 1024;
            byte** taps = stackalloc byte*[MostTaps];
            bool large = (shape.KernelHeight + 1) * shape.KernelWidth > MostTaps;
            int extent = ((shape.KernelWidth - 1) * shape.DilationX) + 1;
            int firstInside = Math.Max(region.Left, (shape.PadLeft + shape.StrideX - 1) / shape.StrideX);
            int room = shape.Width + shape.PadLeft - extent;
            int inside = Math.Min(region.Right, room < 0 ? 0 : (room / shape.StrideX) + 1) - firstInside;
            for (int oy = region.Top; oy < region.Bottom; oy++)
            {
                int top = (oy * shape.StrideY) - shape.PadTop;
                byte* result = y + ((long)oy * shape.ResultPitch) + (region.Left * shape.Channels);
                for (int ox = region.Left; ox < region.Right;)
                {
                    int left = (ox * shape.StrideX) - shape.PadLeft;
                    int done = ox == firstInside
                        ? DepthwiseRow(x, result, top, left, inside, weights, bias, multipliers, padding, shape, to)
                        : 0;
                    if (done == 0)
                    {
                        if (large)
                            DepthwiseLargePixel(
                                x, result, top, left, (sbyte*)weights, (int*)bias, (int*)multipliers, padding, shape, to);
                        else
                            DepthwiseBorderPixel(
                                x, result, top, left, taps, (sbyte*)weights, (int*)bias, (int*)multipliers, padding, shape, to);

                        done = 1;
                    }

                    ox += done;
                    result += done * shape.Channels;
                }
            }
        }
        """,
        Shape, RegionPrinter.Region, BorderPixel, LargePixel, Row);
}
