namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Walks a convolution tile by tile: windows that leave the image go through a padded patch, all else reads the image itself.</summary>
internal static class ConvHelpers
{
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
        ConvTileHelpers.Shape);

    public static readonly Helper Convolve = new(
        "Convolve",
        """
        /// <summary>One group of a convolution of one image.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Convolve(
            byte* x, byte* y, byte* scratch, byte* weights, byte* bias, byte* multipliers, byte* padding,
            in ConvShape shape, in Requantization to)
        {
            const int TileWidth = 8;
            ulong* wide = stackalloc ulong[TileWidth * WidePitch];
            byte* imageEnd = x + ((long)shape.Height * shape.Width * shape.Pixel) - (shape.Pixel - shape.Inputs);
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
                    byte* end = imageEnd;
                    ConvTile tile = direct;
                    if (!rowsInside || left < 0 || left + width > shape.Width)
                    {
                        FillPatch(x, scratch, padding, top, left, width, shape);
                        source = scratch;
                        end = scratch + (shape.KernelHeight * width * shape.Inputs);
                        tile = patched;
                        tile.RowStep = width * shape.Inputs;
                    }

                    tile.Count = count;
                    ConvolveTile(source, end, wide, y, (sbyte*)weights, (int*)bias, (int*)multipliers, tile, shape, to);
                    y += count * shape.ResultPixel;
                }
            }
        }
        """,
        ConvTileHelpers.Shape, ConvTileHelpers.Tile, ConvTileHelpers.Pitch, Patch, ConvTileHelpers.Convolve);
}
