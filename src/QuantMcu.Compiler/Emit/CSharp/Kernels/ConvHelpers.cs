using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// Walks a convolution tile by tile: windows that leave the image go through a padded patch, all else reads the image itself.
/// </summary>
internal static class ConvHelpers
{
    private static readonly Helper Patch = new(
        "FillPatch",
        """
        /// <summary>Room on the stack for the windows of neighbouring pixels at the border of an image.</summary>
        private const int PatchRoom = 16384;

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

                byte* from = x + ((long)iy * shape.Pitch) + ((long)(left + before) * shape.Pixel);
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

    /// <summary>A convolution of codes and weights of some bits.</summary>
    public static Helper Convolve(ConvBits bits) => new(
        "Convolve" + bits.Suffix,
        $$"""
        /// <summary>A region of one group of a convolution of one image.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Convolve{{bits.Suffix}}(
            byte* x, byte* y, byte* weights, byte* bias, byte* multipliers, byte* padding, in ConvShape shape, in Region region,
            in Requantization to)
        {
            const int TileWidth = 8;
            ulong* room = stackalloc ulong[WideRoom + 32];
            byte* patch = stackalloc byte[PatchRoom];
            int patchWidth = PatchRoom / Math.Max(1, shape.KernelHeight * shape.Inputs) - shape.ExtentWidth;
            int patchPixels = patchWidth < 0 ? 0 : (patchWidth / shape.StrideX) + 1;
            int rows = Math.Min(shape.Height, ((region.Bottom - 1) * shape.StrideY) - shape.PadTop + shape.ExtentHeight);
            int columns = Math.Min(shape.Width, ((region.Right - 1) * shape.StrideX) - shape.PadLeft + shape.ExtentWidth);
            byte* imageEnd = x + ((long)(rows - 1) * shape.Pitch) + ((long)(columns - 1) * shape.Pixel) + shape.Inputs;
            var direct = new ConvTile
            {
                Step = shape.StrideX * shape.Pixel,
                RowStep = shape.DilationY * shape.Pitch,
                ColumnStep = shape.DilationX * shape.Pixel,
            };
            var patched = new ConvTile { Step = shape.StrideX * shape.Inputs, ColumnStep = shape.DilationX * shape.Inputs };
            for (int oy = region.Top; oy < region.Bottom; oy++)
            {
                int top = (oy * shape.StrideY) - shape.PadTop;
                bool rowsInside = top >= 0 && top + shape.ExtentHeight <= shape.Height;
                byte* result = y + ((long)oy * shape.ResultPitch) + ((long)region.Left * shape.ResultPixel);
                int count;
                for (int ox = region.Left; ox < region.Right; ox += count, result += count * shape.ResultPixel)
                {
                    count = Math.Min(TileWidth, region.Right - ox);
                    int left = (ox * shape.StrideX) - shape.PadLeft;
                    int width = ((count - 1) * shape.StrideX) + shape.ExtentWidth;
                    byte* source = x + ((long)top * shape.Pitch) + ((long)left * shape.Pixel);
                    byte* end = imageEnd;
                    ConvTile tile = direct;
                    if (!rowsInside || left < 0 || left + width > shape.Width)
                    {
                        if (patchPixels == 0)
                        {
                            ConvolveBorderPixel{{bits.Suffix}}(
                                x, result, top, left, (sbyte*)weights, (int*)bias, (int*)multipliers, padding, shape, to);
                            count = 1;
                            continue;
                        }

                        count = Math.Min(count, patchPixels);
                        width = ((count - 1) * shape.StrideX) + shape.ExtentWidth;
                        FillPatch(x, patch, padding, top, left, width, shape);
                        source = patch;
                        end = patch + (shape.KernelHeight * width * shape.Inputs);
                        tile = patched;
                        tile.RowStep = width * shape.Inputs;
                    }

                    tile.Count = count;
                    ConvolveTile{{bits.Suffix}}(source, end, room, result, (sbyte*)weights, (int*)bias, (int*)multipliers, tile, shape, to);
                }
            }
        }
        """,
        ConvTileHelpers.Shape, ConvTileHelpers.Tile, ConvCodes.Wide, RegionPrinter.Region, Patch, BorderPixel(bits),
        ConvTileHelpers.Convolve(bits));

    private static Helper BorderPixel(ConvBits bits)
    {
        bool bytes = bits.Codes == 8;
        int block = ConvWeights.BlockBytes(bits.Weights);
        string inputs = bytes
            ? "pixels = shape.Run / shape.Inputs"
            : FormattableString.Invariant($"pixels = Math.Max(1, shape.Run / (shape.Inputs * {8 / bits.Codes})), channels = shape.Run / pixels");
        string channels = bytes ? "shape.Inputs" : "channels";
        string weight = bits.Weights == 8
            ? "w[((i >> 2) * 64) + (i & 3)]"
            : ConvWeights.At(bits.Weights, FormattableString.Invariant($"w + ((i >> 2) * {block})"), "i & 3");
        string code = bytes ? "codes[c]" : $"Code{ConvCodes.Suffix(bits.Codes)}(codes, c)";
        string writer = "LineWriter" + ConvCodes.Suffix(bits.Result);
        string declare = bits.Result == 8 ? "" : $"var result = new {writer}(y, shape.Outputs);\n    ";
        string store = bits.Result == 8 ? "y[m] = Requantize(sum, multipliers[m], to);" : "result.Write(Requantize(sum, multipliers[m], to));";
        return new(
            "ConvolveBorderPixel" + bits.Suffix,
            $$"""
            /// <summary>One pixel whose window leaves the image and is too large for a patch.</summary>
            private static void ConvolveBorderPixel{{bits.Suffix}}(
                byte* x, byte* y, int top, int left, sbyte* weights, int* bias, int* multipliers, byte* padding, in ConvShape shape,
                in Requantization to)
            {
                int quads = (shape.Run + 3) / 4, runs = shape.Rows * shape.Columns, {{inputs}};
                {{declare}}for (int m = 0; m < shape.Outputs; m++)
                {
                    sbyte* run = weights + (((m / 16 * runs * quads * 16) + (m % 16)) * {{block / 16}});
                    int sum = bias[m];
                    for (int tap = 0; tap < runs * pixels; tap++)
                    {
                        int iy = top + (tap / (shape.Columns * pixels) * shape.DilationY);
                        int ix = left + (tap % (shape.Columns * pixels) * shape.DilationX);
                        bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                        byte* codes = inside ? x + ((long)iy * shape.Pitch) + ((long)ix * shape.Pixel) : padding;
                        sbyte* w = run + (tap / pixels * quads * {{block}});
                        for (int c = 0; c < {{channels}}; c++)
                        {
                            int i = (tap % pixels * {{channels}}) + c;
                            sum += {{weight}} * {{code}};
                        }
                    }

                    {{store}}
                }
            }
            """,
            [ConvTileHelpers.Shape, RequantizeHelpers.One, .. ConvWeights.AtNeeds(bits.Weights), .. PackedHelpers.Codes(bits)]);
    }
}
