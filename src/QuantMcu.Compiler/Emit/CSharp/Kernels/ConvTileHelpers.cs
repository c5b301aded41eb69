namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The inner kernels of a convolution: up to 8 neighbouring pixels times all outputs. Codes are widened to int16 once per tile,
/// as pairs (codes 0 and 2 of a quad, then 1 and 3), so that one multiply-add of int16 pairs serves every block of 16 outputs; a
/// product of pairs fits int32, so nothing saturates and every path gives the same bits.
/// </summary>
internal static class ConvTileHelpers
{
    public static readonly Helper Shape = new(
        "ConvShape",
        """
        /// <summary>
        /// Shape of one group of a convolution. Pitch and Pixel are the distances of rows and of pixels in bytes; taps are
        /// Rows x Columns runs of Run bytes.
        /// </summary>
        private struct ConvShape
        {
            public int Height, Width, Pitch, Pixel, Inputs;
            public int ResultPitch, ResultPixel, Outputs;
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

    public static readonly Helper Wide = new(
        "WideTile",
        """
        /// <summary>Room for widened codes, in quads; tiles that need more go pixel by pixel.</summary>
        private const int WideRoom = 5120;

        /// <summary>
        /// Widened codes of a tile, a quad in 8 bytes: codes 0 and 2 as int16, then codes 1 and 3. A pixel's taps are Rows runs
        /// of RowQuads quads, RowPitch apart; pixels are PixelPitch apart, so runs of neighbours may overlap as they do in the
        /// image.
        /// </summary>
        private struct WideTile
        {
            public ulong* Codes;
            public int PixelPitch, Rows, RowPitch, RowQuads;
        }
        """);

    private static readonly Helper WidenRun = new(
        "WidenRun",
        """
        /// <summary>
        /// Widens a run. Whole vectors are read and written where they can be before end: what lies behind a run meets weights of
        /// zero.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void WidenRun(byte* from, int bytes, byte* end, ulong* to)
        {
            Vector256<ulong> even = Vector256.Create(0x00FF00FFUL), odd = Vector256.Create(0x00FF00FF00000000UL);
            int vectors = (int)Math.Min(bytes, end - from - 15);
            int i = 0;
            for (; i < vectors; i += 16, to += 4)
            {
                Vector256<ulong> quads = Avx2.ConvertToVector256Int64((uint*)(from + i)).AsUInt64();
                ((quads & even) | (Vector256.ShiftLeft(quads, 24) & odd)).Store(to);
            }

            for (; i < bytes; i += 4, to++)
            {
                ulong quad = LoadQuad(from + i, bytes - i);
                *to = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
            }
        }
        """,
        LoadQuad);

    private static readonly Helper Widen = new(
        "WidenTile",
        """
        /// <summary>
        /// Widens the codes of a tile: whole strips where neighbours overlap in whole quads, else pixel by pixel. False where
        /// there is no room.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static bool WidenTile(byte* x, byte* end, in ConvTile tile, in ConvShape shape, ref WideTile wide)
        {
            int quads = (shape.Run + 3) / 4;
            if (shape.Columns == 1 && tile.Step % 4 == 0 && tile.Step <= shape.Run)
            {
                wide.Rows = shape.Rows;
                wide.RowQuads = quads;
                wide.PixelPitch = tile.Step / 4;
                wide.RowPitch = (7 * wide.PixelPitch) + quads + 4;
                if (wide.Rows * wide.RowPitch > WideRoom)
                    return false;

                for (int row = 0; row < shape.Rows; row++)
                {
                    int bytes = ((tile.Count - 1) * tile.Step) + shape.Run;
                    WidenRun(x + (row * tile.RowStep), bytes, end, wide.Codes + (row * wide.RowPitch));
                }

                return true;
            }

            // An odd number of cache lines apart, so that pixels do not compete for the same cache sets.
            wide.Rows = 1;
            wide.RowQuads = shape.Rows * shape.Columns * quads;
            wide.PixelPitch = ((wide.RowQuads + 4 + 7) / 8 * 8) | 8;
            if (8 * wide.PixelPitch > WideRoom)
                return false;

            ulong* to = wide.Codes;
            for (int row = 0; row < shape.Rows; row++)
            {
                for (int column = 0; column < shape.Columns; column++, to += quads)
                {
                    byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                    for (int p = 0; p < tile.Count; p++)
                        WidenRun(run + (p * tile.Step), shape.Run, end, to + (p * wide.PixelPitch));
                }
            }

            return true;
        }
        """,
        Shape, Tile, Wide, WidenRun);

    private static readonly Helper Split512 = new(
        "Split512",
        """
        /// <summary>Weights 0 and 2 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<short> Even(Vector512<short> quads) =>
            Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(quads, 8), 8);

        /// <summary>Weights 1 and 3 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<short> Odd(Vector512<short> quads) => Vector512.ShiftRightArithmetic(quads, 8);
        """);

    private static readonly Helper Split256 = new(
        "Split256",
        """
        /// <summary>Weights 0 and 2 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> Even(Vector256<short> quads) =>
            Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(quads, 8), 8);

        /// <summary>Weights 1 and 3 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> Odd(Vector256<short> quads) => Vector256.ShiftRightArithmetic(quads, 8);
        """);

    private static readonly Helper Split128 = new(
        "Split128",
        """
        /// <summary>Weights 0 and 2 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<short> Even(Vector128<short> quads) =>
            Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(quads, 8), 8);

        /// <summary>Weights 1 and 3 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<short> Odd(Vector128<short> quads) => Vector128.ShiftRightArithmetic(quads, 8);
        """);

    private static readonly Helper Multiply512 = new(
        "Multiply512",
        """
        /// <summary>Adds to 16 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Multiply512(Vector512<int> sum, byte* codes, Vector512<short> even, Vector512<short> odd) =>
            sum + (Avx512BW.MultiplyAddAdjacent(Vector512.Create(*(uint*)codes).AsInt16(), even)
                + Avx512BW.MultiplyAddAdjacent(Vector512.Create(*(uint*)(codes + 4)).AsInt16(), odd));
        """);

    private static readonly Helper Multiply256 = new(
        "Multiply256",
        """
        /// <summary>Adds to 8 accumulators the products of one quad of codes: pairs of codes times pairs of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Multiply256(Vector256<int> sum, byte* codes, Vector256<short> even, Vector256<short> odd) =>
            sum + (Avx2.MultiplyAddAdjacent(Vector256.Create(*(uint*)codes).AsInt16(), even)
                + Avx2.MultiplyAddAdjacent(Vector256.Create(*(uint*)(codes + 4)).AsInt16(), odd));
        """);

    private static readonly Helper Tile512 = new(
        "ConvolveWide512",
        """
        /// <summary>A tile of widened codes, 8 pixels by 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveWide512(
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
                    for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, weights += 64)
                    {
                        byte* x3 = x + p3, x6 = x3 + p3;
                        Vector512<short> w = Vector512.Load((short*)weights);
                        Vector512<short> even = Even(w), odd = Odd(w);
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
        Wide, Split512, Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Pack512, RequantizeHelpers.StorePart);

    private static readonly Helper One512 = new(
        "ConvolveOne512",
        """
        /// <summary>One pixel of widened codes, 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveOne512(
            in WideTile wide, int p, byte* y, sbyte* weights, int* bias, int* multipliers, int outputs, in Requantization to)
        {
            for (int m = 0; m < outputs; m += 16)
            {
                Vector512<int> sum = Vector512.Load(bias + m);
                for (int row = 0; row < wide.Rows; row++)
                {
                    byte* x = (byte*)(wide.Codes + (p * wide.PixelPitch) + (row * wide.RowPitch));
                    for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, weights += 64)
                    {
                        Vector512<short> w = Vector512.Load((short*)weights);
                        Vector512<short> even = Even(w), odd = Odd(w);
                        sum = Multiply512(sum, x, even, odd);
                    }
                }

                Vector512<int> scale = Vector512.Load(multipliers + m);
                Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, outputs - m);
            }
        }
        """,
        Wide, Split512, Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private static readonly Helper Tile256 = new(
        "ConvolveWide256",
        """
        /// <summary>A tile of widened codes, 4 pixels by 16 outputs at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveWide256(
            in WideTile wide, byte* y, sbyte* weights, int* bias, int* multipliers, int count, int pixel, int outputs,
            in Requantization to)
        {
            nint p = 8 * (nint)wide.PixelPitch, p2 = 2 * p, p3 = 3 * p;
            for (int m = 0; m < outputs; m += 16, y += 16, weights += wide.Rows * wide.RowQuads * 64)
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
                        for (byte* last = x + (8 * wide.RowQuads); x < last; x += 8, w += 64)
                        {
                            Vector256<short> wa = Vector256.Load((short*)w), wb = Vector256.Load((short*)(w + 32));
                            Vector256<short> evenA = Even(wa), oddA = Odd(wa);
                            Vector256<short> evenB = Even(wb), oddB = Odd(wb);
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
        Wide, Split256, Multiply256, RequantizeHelpers.Narrow, RequantizeHelpers.Store256);

    private static readonly Helper Pixel512 = new(
        "ConvolvePixel512",
        """
        /// <summary>One pixel, straight from its codes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixel512(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape,
            in Requantization to)
        {
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
                            ulong quad = LoadQuad(run, left);
                            quad = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
                            Vector512<short> w = Vector512.Load((short*)weights);
                            Vector512<short> even = Even(w), odd = Odd(w);
                            sum = Multiply512(sum, (byte*)&quad, even, odd);
                        }
                    }
                }

                Vector512<int> scale = Vector512.Load(multipliers + m);
                Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, shape.Outputs - m);
            }
        }
        """,
        Shape, Tile, LoadQuad, Split512, Multiply512, RequantizeHelpers.Scale512, RequantizeHelpers.Store512);

    private static readonly Helper Pixel256 = new(
        "ConvolvePixel256",
        """
        /// <summary>One pixel, straight from its codes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixel256(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape,
            in Requantization to)
        {
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
                            ulong quad = LoadQuad(run, left);
                            quad = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
                            Vector256<short> wa = Vector256.Load((short*)weights), wb = Vector256.Load((short*)(weights + 32));
                            a = Multiply256(a, (byte*)&quad, Even(wa), Odd(wa));
                            b = Multiply256(b, (byte*)&quad, Even(wb), Odd(wb));
                        }
                    }
                }

                a = Requantize256(a, Vector256.Load(multipliers + m), to);
                b = Requantize256(b, Vector256.Load(multipliers + m + 8), to);
                Store256(a, b, y + m, shape.Outputs - m);
            }
        }
        """,
        Shape, Tile, LoadQuad, Split256, Multiply256, RequantizeHelpers.Narrow, RequantizeHelpers.Store256);

    private static readonly Helper Pixel128 = new(
        "ConvolvePixel128",
        """
        /// <summary>One pixel with 128-bit vectors, as every 64-bit processor has them.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixel128(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape,
            in Requantization to)
        {
            int* sums = stackalloc int[16];
            for (int m = 0; m < shape.Outputs; m += 16)
            {
                Vector128<int> s0 = Vector128.Load(bias + m), s1 = Vector128.Load(bias + m + 4);
                Vector128<int> s2 = Vector128.Load(bias + m + 8), s3 = Vector128.Load(bias + m + 12);
                for (int row = 0; row < shape.Rows; row++)
                {
                    for (int column = 0; column < shape.Columns; column++)
                    {
                        byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                        for (int left = shape.Run; left > 0; left -= 4, run += 4, weights += 64)
                        {
                            uint quad = LoadQuad(run, left);
                            Vector128<short> even = Vector128.Create(quad & 0x00FF00FF).AsInt16();
                            Vector128<short> odd = Vector128.Create((quad >> 8) & 0x00FF00FF).AsInt16();
                            s0 += Multiply128(even, odd, weights);
                            s1 += Multiply128(even, odd, weights + 16);
                            s2 += Multiply128(even, odd, weights + 32);
                            s3 += Multiply128(even, odd, weights + 48);
                        }
                    }
                }

                s0.Store(sums);
                s1.Store(sums + 4);
                s2.Store(sums + 8);
                s3.Store(sums + 12);
                for (int i = 0; i < Math.Min(16, shape.Outputs - m); i++)
                    y[m + i] = Requantize(sums[i], multipliers[m + i], to);
            }
        }
        """,
        Shape, Tile, LoadQuad, RequantizeHelpers.One, new Helper(
            "Multiply128",
            """
            /// <summary>Products of one quad of codes for 4 outputs.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static Vector128<int> Multiply128(Vector128<short> even, Vector128<short> odd, sbyte* weights)
            {
                Vector128<short> w = Vector128.Load((short*)weights);
                return Pairs(even, Even(w)) + Pairs(odd, Odd(w));

                // A product of a code and a weight fits int16.
                static Vector128<int> Pairs(Vector128<short> codes, Vector128<short> weights)
                {
                    if (Sse2.IsSupported)
                        return Sse2.MultiplyAddAdjacent(codes, weights);

                    if (AdvSimd.IsSupported)
                        return AdvSimd.AddPairwiseWidening(codes * weights);

                    Vector128<int> products = (codes * weights).AsInt32();
                    return Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(products, 16), 16)
                        + Vector128.ShiftRightArithmetic(products, 16);
                }
            }
            """,
            Split128));

    private static readonly Helper Portable = new(
        "ConvolvePixelPortable",
        """
        /// <summary>One pixel without hardware vectors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolvePixelPortable(
            byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape,
            in Requantization to)
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
        /// <summary>
        /// A tile by the best means that the processor has. Codes may be read up to end; room is for widened codes.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ConvolveTile(
            byte* x, byte* end, ulong* room, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile,
            in ConvShape shape, in Requantization to)
        {
            var wide = new WideTile { Codes = room };
            if (Avx2.IsSupported && (tile.Count > 2 || Avx512BW.IsSupported) && WidenTile(x, end, tile, shape, ref wide))
            {
                if (!Avx512BW.IsSupported)
                    ConvolveWide256(wide, y, weights, bias, multipliers, tile.Count, shape.ResultPixel, shape.Outputs, to);
                else if (tile.Count > 2)
                    ConvolveWide512(wide, y, weights, bias, multipliers, tile.Count, shape.ResultPixel, shape.Outputs, to);
                else
                    for (int p = 0; p < tile.Count; p++)
                        ConvolveOne512(wide, p, y + (p * shape.ResultPixel), weights, bias, multipliers, shape.Outputs, to);

                return;
            }

            for (int p = 0; p < tile.Count; p++, x += tile.Step, y += shape.ResultPixel)
            {
                if (Avx512BW.IsSupported)
                    ConvolvePixel512(x, y, weights, bias, multipliers, tile, shape, to);
                else if (Avx2.IsSupported)
                    ConvolvePixel256(x, y, weights, bias, multipliers, tile, shape, to);
                else if (Vector128.IsHardwareAccelerated)
                    ConvolvePixel128(x, y, weights, bias, multipliers, tile, shape, to);
                else
                    ConvolvePixelPortable(x, y, weights, bias, multipliers, tile, shape, to);
            }
        }
        """,
        Wide, Widen, Tile512, One512, Tile256, Pixel512, Pixel256, Pixel128, Portable);
}
