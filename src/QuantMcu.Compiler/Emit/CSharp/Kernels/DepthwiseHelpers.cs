namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>The shared depthwise kernel: a table of pointers to the taps of a pixel, those outside the image at a pixel of padding codes.</summary>
internal static class DepthwiseHelpers
{
    public static readonly Helper Shape = new(
        "DepthwiseShape",
        """
        private struct DepthwiseShape
        {
            public int Height, Width, Channels, ResultHeight, ResultWidth;
            public int KernelHeight, KernelWidth, StrideY, StrideX, DilationY, DilationX, PadTop, PadLeft;
        }
        """);

    private static readonly Helper PixelPortable = new(
        "DepthwisePixelPortable",
        """
        /// <summary>Channels from first on of one pixel; weights are [pair of taps][channel][2].</summary>
        private static void DepthwisePixelPortable(
            byte** taps, int pairs, int first, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
        {
            for (int c = first; c < channels; c++)
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
            byte** taps, int pairs, int c, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
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

            Store512(sum, Vector512.Load(multipliers + c), to, y + c, 16);
        }
        """,
        RequantizeHelpers.Wide);

    private static readonly Helper Pixel256 = new(
        "DepthwisePixel256",
        """
        /// <summary>8 channels of one pixel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void DepthwisePixel256(
            byte** taps, int pairs, int c, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
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

    private static readonly Helper Pixel = new(
        "DepthwisePixel",
        """
        /// <summary>One pixel. A last block that is not whole starts earlier and does some channels again, to the same codes.</summary>
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
            else
            {
                DepthwisePixelPortable(taps, pairs, 0, channels, y, weights, bias, multipliers, to);
            }
        }
        """,
        Pixel512, Pixel256, PixelPortable);

    private static readonly Helper LargePixel = new(
        "DepthwisePixelLarge",
        """
        /// <summary>One pixel under a kernel of too many taps for a table.</summary>
        private static void DepthwisePixelLarge(
            byte* x, byte* y, int top, int left, sbyte* weights, int* bias, int* multipliers, byte* padding,
            in DepthwiseShape shape, in Requantization to)
        {
            for (int c = 0; c < shape.Channels; c++)
            {
                int sum = bias[c];
                int tap = 0;
                for (int ky = 0; ky < shape.KernelHeight; ky++)
                {
                    int iy = top + (ky * shape.DilationY);
                    for (int kx = 0; kx < shape.KernelWidth; kx++, tap++)
                    {
                        int ix = left + (kx * shape.DilationX);
                        bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                        byte code = inside ? x[((((long)iy * shape.Width) + ix) * shape.Channels) + c] : padding[c];
                        sum += weights[((((tap >> 1) * shape.Channels) + c) * 2) + (tap & 1)] * code;
                    }
                }

                y[c] = Requantize(sum, multipliers[c], to);
            }
        }
        """,
        Shape, RequantizeHelpers.One);

    public static readonly Helper Convolve = new(
        "ConvolveDepthwise",
        """
        /// <summary>A depthwise convolution of one image.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveDepthwise(
            byte* x, byte* y, byte* weights, byte* bias, byte* multipliers, byte* padding, in DepthwiseShape shape, in Requantization to)
        {
            const int MostTaps = 1024;
            int count = shape.KernelHeight * shape.KernelWidth;
            byte** taps = stackalloc byte*[MostTaps];
            taps[count < MostTaps ? count : 0] = padding;
            for (int oy = 0; oy < shape.ResultHeight; oy++)
            {
                int top = (oy * shape.StrideY) - shape.PadTop;
                for (int ox = 0; ox < shape.ResultWidth; ox++, y += shape.Channels)
                {
                    int left = (ox * shape.StrideX) - shape.PadLeft;
                    if (count >= MostTaps)
                    {
                        DepthwisePixelLarge(x, y, top, left, (sbyte*)weights, (int*)bias, (int*)multipliers, padding, shape, to);
                        continue;
                    }

                    byte** tap = taps;
                    for (int ky = 0; ky < shape.KernelHeight; ky++)
                    {
                        int iy = top + (ky * shape.DilationY);
                        for (int kx = 0; kx < shape.KernelWidth; kx++, tap++)
                        {
                            int ix = left + (kx * shape.DilationX);
                            bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                            *tap = inside ? x + ((((long)iy * shape.Width) + ix) * shape.Channels) : padding;
                        }
                    }

                    DepthwisePixel(taps, (count + 1) / 2, shape.Channels, y, (sbyte*)weights, (int*)bias, (int*)multipliers, to);
                }
            }
        }
        """,
        Shape, LargePixel, Pixel);
}
