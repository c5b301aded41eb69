namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>The shared convolution kernel: windows that leave the image go through a padded patch, all else reads the image itself.</summary>
internal static class ConvHelpers
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

    private static readonly Helper Patch = new(
        "FillPatch",
        """
        /// <summary>Copies the window of a tile into scratch, padding codes where it leaves the image.</summary>
        private static void FillPatch(byte* x, byte* patch, byte* padding, int top, int left, int width, in ConvShape shape)
        {
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                int iy = top + (ky * shape.DilationY);
                byte* row = x + ((long)iy * shape.Width * shape.Pixel);
                for (int px = 0; px < width; px++, patch += shape.Inputs)
                {
                    int ix = left + px;
                    bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                    Unsafe.CopyBlockUnaligned(patch, inside ? row + ((long)ix * shape.Pixel) : padding, (uint)shape.Inputs);
                }
            }
        }
        """,
        Shape);

    private static readonly Helper PortableTile = new(
        "ConvolveTilePortable",
        """
        private static void ConvolveTilePortable(
            byte* x, byte* y, byte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
        {
            int quads = (shape.Run + 3) / 4;
            int block = shape.Rows * shape.Columns * quads * 64;
            for (int m = 0; m < shape.Outputs; m++)
            {
                for (int p = 0; p < tile.Count; p++)
                {
                    sbyte* w = (sbyte*)weights + ((m / 16) * block) + ((m % 16) * 4);
                    int sum = bias[m];
                    for (int row = 0; row < shape.Rows; row++)
                    {
                        for (int column = 0; column < shape.Columns; column++, w += quads * 64)
                        {
                            byte* run = x + (p * tile.Step) + (row * tile.RowStep) + (column * tile.ColumnStep);
                            for (int i = 0; i < shape.Run; i++)
                                sum += w[((i >> 2) * 64) + (i & 3)] * run[i];
                        }
                    }

                    y[(p * shape.ResultPixel) + m] = Requantize(sum, multipliers[m], to);
                }
            }
        }
        """,
        Shape, Tile, RequantizeHelpers.One);

    public static readonly Helper Convolve = new(
        "Convolve",
        """
        /// <summary>One group of a convolution of one image.</summary>
        private static void Convolve(
            byte* x, byte* y, byte* scratch, byte* weights, byte* bias, byte* multipliers, byte* padding,
            in ConvShape shape, in Requantization to)
        {
            const int TileWidth = 8;
            var direct = new ConvTile
            {
                Step = shape.StrideX * shape.Pixel,
                RowStep = shape.DilationY * shape.Width * shape.Pixel,
                ColumnStep = shape.DilationX * shape.Pixel,
            };
            var patched = new ConvTile { Step = shape.StrideX * shape.Inputs, ColumnStep = shape.DilationX * shape.Inputs };
            for (int oy = 0; oy < shape.ResultHeight; oy++)
            {
                int top = (oy * shape.StrideY) - shape.PadTop;
                bool rowsInside = top >= 0 && top + shape.ExtentHeight <= shape.Height;
                for (int ox = 0; ox < shape.ResultWidth; ox += TileWidth)
                {
                    int count = Math.Min(TileWidth, shape.ResultWidth - ox);
                    int left = (ox * shape.StrideX) - shape.PadLeft;
                    int width = ((count - 1) * shape.StrideX) + shape.ExtentWidth;
                    byte* source = x + ((((long)top * shape.Width) + left) * shape.Pixel);
                    ConvTile tile = direct;
                    if (!rowsInside || left < 0 || left + width > shape.Width)
                    {
                        FillPatch(x, scratch, padding, top, left, width, shape);
                        source = scratch;
                        tile = patched;
                        tile.RowStep = width * shape.Inputs;
                    }

                    tile.Count = count;
                    ConvolveTile(source, y, weights, (int*)bias, (int*)multipliers, tile, shape, to);
                    y += count * shape.ResultPixel;
                }
            }
        }
        """,
        Shape, Tile, Patch, new Helper(
            "ConvolveTile",
            """
            private static void ConvolveTile(
                byte* x, byte* y, byte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape, in Requantization to)
            {
                ConvolveTilePortable(x, y, weights, bias, multipliers, tile, shape, to);
            }
            """,
            PortableTile));
}
