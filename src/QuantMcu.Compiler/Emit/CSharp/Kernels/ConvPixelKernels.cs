using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The inner kernels of a convolution that go straight from its codes, one pixel at a time, by the bits of codes and weights: for
/// tiles that are too small or too large to be widened, and for processors with other vectors or none.
/// </summary>
internal static class ConvPixelKernels
{
    /// <summary>With 512-bit vectors.</summary>
    public static Helper Pixel512(ConvBits bits)
    {
        var (suffix, split, block, quad, load) = Names(bits);
        return new(
            "ConvolvePixel512" + suffix,
            $$"""
            /// <summary>One pixel, straight from its codes.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolvePixel512{{suffix}}(
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
                            for (int left = shape.Run; left > 0; left -= 4, run += {{quad}}, weights += {{block}})
                            {
                                ulong quad = {{load.Name}}(run, left);
                                quad = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
                                Vector512<short> w = {{ConvWeights.Load(bits.Weights, 512, "weights")}};
                                Vector512<short> even = Even{{split}}(w), odd = Odd{{split}}(w);
                                sum = Multiply512(sum, (byte*)&quad, even, odd);
                            }
                        }
                    }

                    Vector512<int> scale = Vector512.Load(multipliers + m);
                    Store512(Scale512(sum, scale, Odd512(scale), to), to, y + m, shape.Outputs - m);
                }
            }
            """,
            ConvTileHelpers.Shape, ConvTileHelpers.Tile, load, ConvWeights.Split(bits.Weights, 512), ConvWideKernels.Multiply512,
            RequantizeHelpers.Scale512, RequantizeHelpers.Store512);
    }

    /// <summary>With 256-bit vectors.</summary>
    public static Helper Pixel256(ConvBits bits)
    {
        var (suffix, split, block, quad, load) = Names(bits);
        string half = FormattableString.Invariant($"(weights + {block / 2})");
        return new(
            "ConvolvePixel256" + suffix,
            $$"""
            /// <summary>One pixel, straight from its codes.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolvePixel256{{suffix}}(
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
                            for (int left = shape.Run; left > 0; left -= 4, run += {{quad}}, weights += {{block}})
                            {
                                ulong quad = {{load.Name}}(run, left);
                                quad = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
                                Vector256<short> wa = {{ConvWeights.Load(bits.Weights, 256, "weights")}}, wb = {{ConvWeights.Load(bits.Weights, 256, half)}};
                                a = Multiply256(a, (byte*)&quad, Even{{split}}(wa), Odd{{split}}(wa));
                                b = Multiply256(b, (byte*)&quad, Even{{split}}(wb), Odd{{split}}(wb));
                            }
                        }
                    }

                    a = Requantize256(a, Vector256.Load(multipliers + m), to);
                    b = Requantize256(b, Vector256.Load(multipliers + m + 8), to);
                    Store256(a, b, y + m, shape.Outputs - m);
                }
            }
            """,
            ConvTileHelpers.Shape, ConvTileHelpers.Tile, load, ConvWeights.Split(bits.Weights, 256), ConvWideKernels.Multiply256,
            RequantizeHelpers.Narrow, RequantizeHelpers.Store256);
    }

    /// <summary>With 128-bit vectors.</summary>
    public static Helper Pixel128(ConvBits bits)
    {
        var (suffix, split, block, quad, load) = Names(bits);
        var multiply = Multiply128(bits.Weights);
        return new(
            "ConvolvePixel128" + suffix,
            $$"""
            /// <summary>One pixel with 128-bit vectors, as every 64-bit processor has them.</summary>
            [SkipLocalsInit]
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolvePixel128{{suffix}}(
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
                            for (int left = shape.Run; left > 0; left -= 4, run += {{quad}}, weights += {{block}})
                            {
                                uint quad = {{load.Name}}(run, left);
                                Vector128<short> even = Vector128.Create(quad & 0x00FF00FF).AsInt16();
                                Vector128<short> odd = Vector128.Create((quad >> 8) & 0x00FF00FF).AsInt16();
                                s0 += {{multiply.Name}}(even, odd, weights);
                                s1 += {{multiply.Name}}(even, odd, weights + {{block / 4}});
                                s2 += {{multiply.Name}}(even, odd, weights + {{block / 2}});
                                s3 += {{multiply.Name}}(even, odd, weights + {{block * 3 / 4}});
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
            ConvTileHelpers.Shape, ConvTileHelpers.Tile, load, RequantizeHelpers.One, multiply);
    }

    /// <summary>Without vectors.</summary>
    public static Helper Portable(ConvBits bits)
    {
        var (suffix, _, block, _, _) = Names(bits);
        string weight = bits.Weights == 8
            ? "w[((i >> 2) * 64) + (i & 3)]"
            : ConvWeights.At(bits.Weights, FormattableString.Invariant($"w + ((i >> 2) * {block})"), "i & 3");
        var codes = bits.Codes == 8 ? Array.Empty<Helper>() : [PackedHelpers.Code(bits.Codes)];
        string code = bits.Codes == 8 ? "run[i]" : codes[0].Name + "(run, i)";
        return new(
            "ConvolvePixelPortable" + suffix,
            $$"""
            /// <summary>One pixel without hardware vectors.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolvePixelPortable{{suffix}}(
                byte* x, byte* y, sbyte* weights, int* bias, int* multipliers, in ConvTile tile, in ConvShape shape,
                in Requantization to)
            {
                int quads = (shape.Run + 3) / 4, block = shape.Rows * shape.Columns * quads * {{block}};
                for (int m = 0; m < shape.Outputs; m++)
                {
                    sbyte* w = weights + ((m / 16) * block) + ((m % 16) * {{block / 16}});
                    int sum = bias[m];
                    for (int row = 0; row < shape.Rows; row++)
                    {
                        for (int column = 0; column < shape.Columns; column++, w += quads * {{block}})
                        {
                            byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                            for (int i = 0; i < shape.Run; i++)
                                sum += {{weight}} * {{code}};
                        }
                    }

                    y[m] = Requantize(sum, multipliers[m], to);
                }
            }
            """,
            [ConvTileHelpers.Shape, ConvTileHelpers.Tile, RequantizeHelpers.One, .. ConvWeights.AtNeeds(bits.Weights), .. codes]);
    }

    private static Helper Multiply128(int bits)
    {
        string split = ConvCodes.Suffix(bits);
        string name = "Multiply128" + (bits == 8 ? "" : "Weights" + split);
        return new(
            name,
            $$"""
            /// <summary>Products of one quad of codes for 4 outputs.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static Vector128<int> {{name}}(Vector128<short> even, Vector128<short> odd, sbyte* weights)
            {
                Vector128<short> w = {{ConvWeights.Load(bits, 128, "weights")}};
                return Pairs(even, Even{{split}}(w)) + Pairs(odd, Odd{{split}}(w));

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
            ConvWeights.Split(bits, 128));
    }

    private static (string Suffix, string Split, int Block, int Quad, Helper Load) Names(ConvBits bits) => (
        bits.Operands, ConvCodes.Suffix(bits.Weights), ConvWeights.BlockBytes(bits.Weights), bits.Codes / 2, ConvCodes.LoadQuad(bits.Codes));
}
