using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// A tile of a convolution: up to 8 neighbouring pixels times all outputs, by the best means that the processor has.
/// </summary>
internal static class ConvTileHelpers
{
    public static readonly Helper Shape = new(
        "ConvShape",
        """
        /// <summary>
        /// Shape of one group of a convolution. Pitch and Pixel are the distances of rows and of pixels in bytes; taps are
        /// Rows x Columns runs of Run codes. Inputs are the bytes of a pixel that the group reads.
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

    /// <summary>A tile of codes and weights of some bits.</summary>
    public static Helper Convolve(ConvBits bits)
    {
        Helper widen = ConvCodes.Widen(bits.Codes);
        Helper tile512 = ConvWideKernels.Tile512(bits.Weights), one512 = ConvWideKernels.One512(bits.Weights);
        Helper tile256 = ConvWideKernels.Tile256(bits.Weights);
        Helper pixel512 = ConvPixelKernels.Pixel512(bits), pixel256 = ConvPixelKernels.Pixel256(bits);
        Helper pixel128 = ConvPixelKernels.Pixel128(bits), portable = ConvPixelKernels.Portable(bits);
        Helper[] needs = [ConvCodes.Wide, widen, tile512, one512, tile256, pixel512, pixel256, pixel128, portable];
        string text = bits.Result == 8
            ? $$"""
                /// <summary>
                /// A tile by the best means that the processor has. Codes may be read up to end; room is for widened codes.
                /// </summary>
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void ConvolveTile{{bits.Suffix}}(
                    byte* x, byte* end, ulong* room, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile,
                    in ConvShape shape, in Requantization to)
                {
                    var wide = new WideTile { Codes = room };
                    if (Avx2.IsSupported && (tile.Count > 2 || Avx512BW.IsSupported) && {{widen.Name}}(x, end, tile, shape, ref wide))
                    {
                        if (!Avx512BW.IsSupported)
                            {{tile256.Name}}(wide, y, weights, bias, multipliers, tile.Count, shape.ResultPixel, shape.Outputs, to);
                        else if (tile.Count > 2)
                            {{tile512.Name}}(wide, y, weights, bias, multipliers, tile.Count, shape.ResultPixel, shape.Outputs, to);
                        else
                            for (int p = 0; p < tile.Count; p++)
                                {{one512.Name}}(wide, p, y + (p * shape.ResultPixel), weights, bias, multipliers, shape.Outputs, to);

                        return;
                    }

                    for (int p = 0; p < tile.Count; p++, x += tile.Step, y += shape.ResultPixel)
                    {
                        if (Avx512BW.IsSupported)
                            {{pixel512.Name}}(x, y, weights, bias, multipliers, tile, shape, to);
                        else if (Avx2.IsSupported)
                            {{pixel256.Name}}(x, y, weights, bias, multipliers, tile, shape, to);
                        else if (Vector128.IsHardwareAccelerated)
                            {{pixel128.Name}}(x, y, weights, bias, multipliers, tile, shape, to);
                        else
                            {{portable.Name}}(x, y, weights, bias, multipliers, tile, shape, to);
                    }
                }
                """
            : $$"""
                /// <summary>
                /// A tile by the best means that the processor has, 64 outputs at a time, packed to codes of {{bits.Result}} bits. Codes
                /// may be read up to end; room is for widened codes.
                /// </summary>
                [SkipLocalsInit]
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void ConvolveTile{{bits.Suffix}}(
                    byte* x, byte* end, ulong* room, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile,
                    in ConvShape shape, in Requantization to)
                {
                    const int Outputs = 64;
                    byte* codes = stackalloc byte[8 * Outputs];
                    int weightsOfBlocks = shape.Rows * shape.Columns * ((shape.Run + 3) / 4) * {{ConvWeights.BlockBytes(bits.Weights)}} * (Outputs / 16);
                    var wide = new WideTile { Codes = room };
                    bool widened = Avx2.IsSupported && (tile.Count > 2 || Avx512BW.IsSupported) && {{widen.Name}}(x, end, tile, shape, ref wide);
                    ConvShape part = shape;
                    for (int m = 0; m < shape.Outputs; m += Outputs, y += Outputs / {{8 / bits.Result}}, weights += weightsOfBlocks)
                    {
                        part.Outputs = Math.Min(Outputs, shape.Outputs - m);
                        if (widened && Avx512BW.IsSupported && tile.Count > 2)
                        {
                            {{tile512.Name}}(wide, codes, weights, bias + m, multipliers + m, tile.Count, Outputs, part.Outputs, to);
                        }
                        else if (widened && !Avx512BW.IsSupported)
                        {
                            {{tile256.Name}}(wide, codes, weights, bias + m, multipliers + m, tile.Count, Outputs, part.Outputs, to);
                        }
                        else
                        {
                            for (int p = 0; p < tile.Count; p++)
                            {
                                byte* pixel = x + (p * tile.Step), result = codes + (p * Outputs);
                                if (widened)
                                    {{one512.Name}}(wide, p, result, weights, bias + m, multipliers + m, part.Outputs, to);
                                else if (Avx512BW.IsSupported)
                                    {{pixel512.Name}}(pixel, result, weights, bias + m, multipliers + m, tile, part, to);
                                else if (Avx2.IsSupported)
                                    {{pixel256.Name}}(pixel, result, weights, bias + m, multipliers + m, tile, part, to);
                                else if (Vector128.IsHardwareAccelerated)
                                    {{pixel128.Name}}(pixel, result, weights, bias + m, multipliers + m, tile, part, to);
                                else
                                    {{portable.Name}}(pixel, result, weights, bias + m, multipliers + m, tile, part, to);
                            }
                        }

                        for (int p = 0; p < tile.Count; p++)
                            Pack{{bits.Result}}(codes + (p * Outputs), part.Outputs, y + (p * shape.ResultPixel));
                    }
                }
                """;
        return new("ConvolveTile" + bits.Suffix, text, bits.Result == 8 ? needs : [.. needs, PackedHelpers.Pack(bits.Result)]);
    }
}
