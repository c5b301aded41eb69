namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The inner kernels of a convolution: up to 8 neighbouring pixels times all outputs. Codes are widened to int16 once per tile, as pairs
/// (codes 0 and 2 of a quad, then 1 and 3), so that one multiply-add of int16 pairs serves every block of 16 outputs; a product of pairs
/// fits int32, so nothing saturates and every path gives the same bits.
/// </summary>
internal static class ConvTileHelpers
{
    public static readonly Helper Shape = new(
        "ConvShape",
        """
        /// <summary>Shape of one group of a convolution. Pixel is the distance of pixels in bytes; taps are Rows x Columns runs of Run bytes.</summary>
        private struct ConvShape
        {
            public int Height, Width, Pixel, Inputs;
            public int ResultHeight, ResultWidth, ResultPixel, Outputs;
            public int KernelHeight, ExtentHeight, ExtentWidth, StrideY, StrideX, DilationY, DilationX, PadTop, PadLeft;
            public int Rows, Columns, Run;
        }
        """);

    public static readonly Helper Tile = new(
        "ConvTile",
        """
        /// <summary>Where a tile of neighbouring pixels finds its taps, in bytes.</summary>
        private struct ConvTile
        {
            public int Count, Step, RowStep, ColumnStep;
        }
        """);

    private static readonly Helper LoadQuad = new(
        "LoadQuad",
        """
        /// <summary>Four neighbouring codes, or the last few of a run and zeros.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint LoadQuad(byte* run, int left) => left switch
        {
            >= 4 => *(uint*)run,
            3 => *(ushort*)run | ((uint)run[2] << 16),
            2 => *(ushort*)run,
            _ => *run,
        };
        """);

    /// <summary>The pixels lie a little more than a multiple of 64 words apart, so that they don't compete for the same cache sets.</summary>
    public static readonly Helper Pitch = new(
        "WidePitch",
        """
        /// <summary>Quads of a widened pixel; longer sums are done without widening.</summary>
        private const int WideQuads = 640;

        /// <summary>Distance of widened pixels in quads.</summary>
        private const int WidePitch = WideQuads + 8;
        """);

    private static readonly Helper Widen = new(
        "WidenTile",
        """
        /// <summary>
        /// Codes of some pixels as [pixel][quad][even pair, odd pair] of int16, WidePitch apart. Where whole vectors can be read before
        /// end, they are: what lies behind a run meets weights of zero.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void WidenTile(byte* x, byte* end, ulong* wide, in ConvTile tile, in ConvShape shape)
        {
            Vector256<ulong> even = Vector256.Create(0x00FF00FFUL), odd = Vector256.Create(0x00FF00FF00000000UL);
            int run = shape.Run, quads = (run + 3) / 4;
            for (int p = 0; p < tile.Count; p++, x += tile.Step, wide += WidePitch)
            {
                ulong* to = wide;
                for (int row = 0; row < shape.Rows; row++)
                {
                    byte* from = x + (row * tile.RowStep);
                    for (int column = 0; column < shape.Columns; column++, from += tile.ColumnStep, to += quads)
                    {
                        int i = 0;
                        int vectors = (int)Math.Min(run, end - from - 15);
                        for (; i < vectors; i += 16)
                        {
                            Vector256<ulong> quad = Avx2.ConvertToVector256Int64((uint*)(from + i)).AsUInt64();
                            ((quad & even) | (Vector256.ShiftLeft(quad, 24) & odd)).Store(to + (i / 4));
                        }

                        for (; i < run; i += 4)
                        {
                            ulong quad = LoadQuad(from + i, run - i);
                            to[i / 4] = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
                        }
                    }
                }
            }
        }
        """,
        Shape, Tile, LoadQuad, Pitch);

    private static readonly Helper Multiply512 = new(
        "Multiply512",
        """
        /// <summary>Adds to 16 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Multiply512(Vector512<int> sum, uint evenCodes, uint oddCodes, Vector512<short> even, Vector512<short> odd) =>
            sum + (Avx512BW.MultiplyAddAdjacent(Vector512.Create(evenCodes).AsInt16(), even)
                + Avx512BW.MultiplyAddAdjacent(Vector512.Create(oddCodes).AsInt16(), odd));
        """);

    private static readonly Helper Multiply256 = new(
        "Multiply256",
        """
        /// <summary>Adds to 8 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Multiply256(Vector256<int> sum, uint evenCodes, uint oddCodes, Vector256<short> even, Vector256<short> odd) =>
            sum + (Avx2.MultiplyAddAdjacent(Vector256.Create(evenCodes).AsInt16(), even)
                + Avx2.MultiplyAddAdjacent(Vector256.Create(oddCodes).AsInt16(), odd));
        """);

    private static readonly Helper Tile512 = new(
        "ConvolveWide512",
        """
        /// <summary>A tile of widened codes, 8 pixels by 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveWide512(
            uint* wide, byte* y, sbyte* weights, int* bias, int* multipliers, int quads, int count, int pixel, int outputs,
            in Requantization to)
        {
            const int P = 2 * WidePitch;
            for (int m = 0; m < outputs; m += 16, y += 16)
            {
                Vector512<int> s0 = Vector512.Load(bias + m), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                uint* x = wide;
                for (int quad = 0; quad < quads; quad++, x += 2, weights += 64)
                {
                    Vector512<short> w = Vector512.Load((short*)weights);
                    Vector512<short> even = Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(w, 8), 8), odd = Vector512.ShiftRightArithmetic(w, 8);
                    s0 = Multiply512(s0, x[0], x[1], even, odd);
                    s1 = Multiply512(s1, x[P], x[P + 1], even, odd);
                    s2 = Multiply512(s2, x[2 * P], x[(2 * P) + 1], even, odd);
                    s3 = Multiply512(s3, x[3 * P], x[(3 * P) + 1], even, odd);
                    s4 = Multiply512(s4, x[4 * P], x[(4 * P) + 1], even, odd);
                    s5 = Multiply512(s5, x[5 * P], x[(5 * P) + 1], even, odd);
                    s6 = Multiply512(s6, x[6 * P], x[(6 * P) + 1], even, odd);
                    s7 = Multiply512(s7, x[7 * P], x[(7 * P) + 1], even, odd);
                }

                Vector512<int> a = Vector512.Load(multipliers + m), b = Odd512(a);
                Vector512<byte> first = Pack512(Scale512(s0, a, b, to), Scale512(s1, a, b, to), Scale512(s2, a, b, to), Scale512(s3, a, b, to), to);
                Vector512<byte> second = Pack512(Scale512(s4, a, b, to), Scale512(s5, a, b, to), Scale512(s6, a, b, to), Scale512(s7, a, b, to), to);
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
        Multiply512, Pitch, RequantizeHelpers.Scale512, RequantizeHelpers.Pack512, RequantizeHelpers.StorePart);

    private static readonly Helper One512 = new(
        "ConvolveOne512",
        """
        /// <summary>One pixel of widened codes, 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveOne512(
            uint* wide, byte* y, sbyte* weights, int* bias, int* multipliers, int quads, int outputs, in Requantization to)
        {
            for (int m = 0; m < outputs; m += 16)
            {
                Vector512<int> sum = Vector512.Load(bias + m);
                for (int quad = 0; quad < quads; quad++, weights += 64)
                {
                    Vector512<short> w = Vector512.Load((short*)weights);
                    Vector512<short> even = Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(w, 8), 8), odd = Vector512.ShiftRightArithmetic(w, 8);
                    sum = Multiply512(sum, wide[2 * quad], wide[(2 * quad) + 1], even, odd);
                }

                Vector512<int> scale = Vector512.Load(multipliers + m);
                Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, outputs - m);
            }
        }
        """,
        Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private static readonly Helper Tile256 = new(
        "ConvolveWide256",
        """
        /// <summary>A tile of widened codes, 4 pixels by 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveWide256(
            uint* wide, byte* y, sbyte* weights, int* bias, int* multipliers, int quads, int count, int pixel, int outputs,
            in Requantization to)
        {
            const int P = 2 * WidePitch;
            for (int m = 0; m < outputs; m += 16, y += 16, weights += quads * 64)
            {
                Vector256<int> scaleA = Vector256.Load(multipliers + m), scaleB = Vector256.Load(multipliers + m + 8);
                int channels = Math.Min(16, outputs - m);
                for (int p = 0; p < count; p += 4)
                {
                    Vector256<int> a0 = Vector256.Load(bias + m), b0 = Vector256.Load(bias + m + 8);
                    Vector256<int> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
                    uint* x = wide + (p * P);
                    sbyte* w = weights;
                    for (int quad = 0; quad < quads; quad++, x += 2, w += 64)
                    {
                        Vector256<short> wa = Vector256.Load((short*)w), wb = Vector256.Load((short*)(w + 32));
                        Vector256<short> evenA = Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(wa, 8), 8), oddA = Vector256.ShiftRightArithmetic(wa, 8);
                        Vector256<short> evenB = Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(wb, 8), 8), oddB = Vector256.ShiftRightArithmetic(wb, 8);
                        a0 = Multiply256(a0, x[0], x[1], evenA, oddA);
                        b0 = Multiply256(b0, x[0], x[1], evenB, oddB);
                        a1 = Multiply256(a1, x[P], x[P + 1], evenA, oddA);
                        b1 = Multiply256(b1, x[P], x[P + 1], evenB, oddB);
                        a2 = Multiply256(a2, x[2 * P], x[(2 * P) + 1], evenA, oddA);
                        b2 = Multiply256(b2, x[2 * P], x[(2 * P) + 1], evenB, oddB);
                        a3 = Multiply256(a3, x[3 * P], x[(3 * P) + 1], evenA, oddA);
                        b3 = Multiply256(b3, x[3 * P], x[(3 * P) + 1], evenB, oddB);
                    }

                    byte* to0 = y + (p * pixel);
                    Store256(Requantize256(a0, scaleA, to), Requantize256(b0, scaleB, to), to0, channels);
                    if (count - p > 1)
                        Store256(Requantize256(a1, scaleA, to), Requantize256(b1, scaleB, to), to0 + pixel, channels);
                    if (count - p > 2)
                        Store256(Requantize256(a2, scaleA, to), Requantize256(b2, scaleB, to), to0 + (2 * pixel), channels);
                    if (count - p > 3)
                        Store256(Requantize256(a3, scaleA, to), Requantize256(b3, scaleB, to), to0 + (3 * pixel), channels);
                }
            }
        }
        """,
        Multiply256, Pitch, RequantizeHelpers.Narrow, RequantizeHelpers.Store256);

    private static readonly Helper Pixel512 = new(
        "ConvolvePixel512",
        """
        /// <summary>One pixel, straight from its codes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixel512(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
        {
            const uint Mask = 0x00FF00FF;
            for (int m = 0; m < shape.Outputs; m += 16)
            {
                Vector512<int> sum = Vector512.Load(bias + m);
                for (int row = 0; row < shape.Rows; row++)
                {
                    for (int column = 0; column < shape.Columns; column++)
                    {
                        byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                        for (int left = shape.Run; left > 0; left -= 4, run += 4, weights += 64)
                        {
                            uint quad = LoadQuad(run, left);
                            Vector512<short> w = Vector512.Load((short*)weights);
                            Vector512<short> even = Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(w, 8), 8), odd = Vector512.ShiftRightArithmetic(w, 8);
                            sum = Multiply512(sum, quad & Mask, (quad >> 8) & Mask, even, odd);
                        }
                    }
                }

                Vector512<int> scale = Vector512.Load(multipliers + m);
                Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, shape.Outputs - m);
            }
        }
        """,
        Shape, Tile, LoadQuad, Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private static readonly Helper Pixel256 = new(
        "ConvolvePixel256",
        """
        /// <summary>One pixel, straight from its codes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixel256(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
        {
            const uint Mask = 0x00FF00FF;
            for (int m = 0; m < shape.Outputs; m += 16)
            {
                Vector256<int> a = Vector256.Load(bias + m), b = Vector256.Load(bias + m + 8);
                for (int row = 0; row < shape.Rows; row++)
                {
                    for (int column = 0; column < shape.Columns; column++)
                    {
                        byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                        for (int left = shape.Run; left > 0; left -= 4, run += 4, weights += 64)
                        {
                            uint quad = LoadQuad(run, left), even = quad & Mask, odd = (quad >> 8) & Mask;
                            Vector256<short> wa = Vector256.Load((short*)weights), wb = Vector256.Load((short*)(weights + 32));
                            a = Multiply256(a, even, odd, Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(wa, 8), 8), Vector256.ShiftRightArithmetic(wa, 8));
                            b = Multiply256(b, even, odd, Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(wb, 8), 8), Vector256.ShiftRightArithmetic(wb, 8));
                        }
                    }
                }

                a = Requantize256(a, Vector256.Load(multipliers + m), to);
                b = Requantize256(b, Vector256.Load(multipliers + m + 8), to);
                Store256(a, b, y + m, shape.Outputs - m);
            }
        }
        """,
        Shape, Tile, LoadQuad, Multiply256, RequantizeHelpers.Narrow, RequantizeHelpers.Store256);

    private static readonly Helper Portable = new(
        "ConvolvePixelPortable",
        """
        /// <summary>One pixel without hardware vectors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixelPortable(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
        {
            int quads = (shape.Run + 3) / 4, block = shape.Rows * shape.Columns * quads * 64;
            for (int m = 0; m < shape.Outputs; m++)
            {
                sbyte* w = weights + ((m / 16) * block) + ((m % 16) * 4);
                int sum = bias[m];
                for (int row = 0; row < shape.Rows; row++)
                {
                    for (int column = 0; column < shape.Columns; column++, w += quads * 64)
                    {
                        byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                        for (int i = 0; i < shape.Run; i++)
                            sum += w[((i >> 2) * 64) + (i & 3)] * run[i];
                    }
                }

                y[m] = Requantize(sum, multipliers[m], to);
            }
        }
        """,
        Shape, Tile, RequantizeHelpers.One);

    /// <summary>A tile by the best means that the processor has.</summary>
    public static readonly Helper Convolve = new(
        "ConvolveTile",
        """
        /// <summary>A tile by the best means that the processor has. Codes may be read up to end; wide has room for 8 widened pixels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveTile(
            byte* x, byte* end, ulong* wide, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
        {
            int quads = shape.Rows * shape.Columns * ((shape.Run + 3) / 4);
            if (Avx2.IsSupported && quads <= WideQuads && (tile.Count > 2 || Avx512BW.IsSupported))
            {
                WidenTile(x, end, wide, tile, shape);
                if (!Avx512BW.IsSupported)
                    ConvolveWide256((uint*)wide, y, weights, bias, multipliers, quads, tile.Count, shape.ResultPixel, shape.Outputs, to);
                else if (tile.Count > 2)
                    ConvolveWide512((uint*)wide, y, weights, bias, multipliers, quads, tile.Count, shape.ResultPixel, shape.Outputs, to);
                else
                    for (int p = 0; p < tile.Count; p++)
                        ConvolveOne512((uint*)(wide + (p * WidePitch)), y + (p * shape.ResultPixel), weights, bias, multipliers, quads, shape.Outputs, to);

                return;
            }

            for (int p = 0; p < tile.Count; p++, x += tile.Step, y += shape.ResultPixel)
            {
                if (Avx512BW.IsSupported)
                    ConvolvePixel512(x, y, weights, bias, multipliers, tile, shape, to);
                else if (Avx2.IsSupported)
                    ConvolvePixel256(x, y, weights, bias, multipliers, tile, shape, to);
                else
                    ConvolvePixelPortable(x, y, weights, bias, multipliers, tile, shape, to);
            }
        }
        """,
        Widen, Pitch, Tile512, One512, Tile256, Pixel512, Pixel256, Portable);
}
