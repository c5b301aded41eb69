namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// Walks a convolution tile by tile: windows that leave the image go through a padded patch, all else reads the image itself.
/// </summary>
internal static class ConvHelpers
{
    private static readonly Helper Patch = new(
        "FillPatch",
        """
        /// <summary>Copies the window of a tile into scratch, padding codes where it leaves the image.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FillPatch(byte* x, byte* patch, byte* padding, int top, int left, int width, in ConvShape shape)
        {
            int before = Math.Min(Math.Max(-left, 0), width);
            int after = Math.Min(Math.Max(left + width - shape.Width, 0), width - before);
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                int iy = top + (ky * shape.DilationY);
                bool inside = (uint)iy < (uint)shape.Height;
                patch = Pad(patch, padding, inside ? before : width, shape.Inputs);
                if (!inside)
                    continue;

                byte* from = x + ((((long)iy * shape.Width) + left + before) * shape.Pixel);
                int count = width - before - after;
                if (shape.Pixel == shape.Inputs)
                {
                    Unsafe.CopyBlockUnaligned(patch, from, (uint)(count * shape.Inputs));
                    patch += count * shape.Inputs;
                }
                else
                {
                    for (int p = 0; p < count; p++, patch += shape.Inputs)
                        Unsafe.CopyBlockUnaligned(patch, from + (p * shape.Pixel), (uint)shape.Inputs);
                }

                patch = Pad(patch, padding, after, shape.Inputs);
            }

            static byte* Pad(byte* to, byte* padding, int pixels, int inputs)
            {
                for (int p = 0; p < pixels; p++)
                {
                    for (int c = 0; c < inputs; c++)
                        *to++ = padding[c];
                }

                return to;
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
            ulong* room = stackalloc ulong[WideRoom + 32];
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
                    ConvolveTile(source, end, room, y, (sbyte*)weights, (int*)bias, (int*)multipliers, tile, shape, to);
                    y += count * shape.ResultPixel;
                }
            }
        }
        """,
        ConvTileHelpers.Shape, ConvTileHelpers.Tile, ConvTileHelpers.Wide, Patch, ConvTileHelpers.Convolve);
}
