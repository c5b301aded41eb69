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
        Shape, LargePixel, new Helper(
            "DepthwisePixel",
            """
            private static void DepthwisePixel(
                byte** taps, int pairs, int channels, byte* y, sbyte* weights, int* bias, int* multipliers, in Requantization to)
            {
                DepthwisePixelPortable(taps, pairs, 0, channels, y, weights, bias, multipliers, to);
            }
            """,
            PixelPortable));
}
