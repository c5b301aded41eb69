using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Convolutions of packed codes whose groups do not start on bytes, and depthwise ones with huge windows.</summary>
internal static class ConvPlainHelpers
{
    /// <summary>All groups of a convolution, output by output; weights lie as the layer has them.</summary>
    public static Helper Convolve(ConvBits bits)
    {
        string name = "ConvolvePlain" + (bits.Suffix.Length == 0 ? "X8W8Y8" : bits.Suffix);
        string code = bits.Codes == 8 ? "pixel[first + c]" : $"Code{ConvCodes.Suffix(bits.Codes)}(pixel, first + c)";
        string row = "y + ((long)oy * shape.ResultPitch) + ((long)region.Left * shape.ResultPixel)";
        string declare = bits.Result == 8
            ? "byte* result = " + row
            : $"var result = new LineWriter{ConvCodes.Suffix(bits.Result)}({row}, groups * shape.Outputs)";
        string store = bits.Result == 8
            ? "*result++ = Requantize(sum, multipliers[m], to)"
            : "result.Write(Requantize(sum, multipliers[m], to))";
        return new(
            name,
            $$"""
            /// <summary>A region of all groups of a convolution of one image, whatever bits their first codes have.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void {{name}}(
                byte* x, byte* y, byte* weightBytes, byte* bias, byte* multiplierBytes, byte* padding, int groups, int kernelWidth,
                in ConvShape shape, in Region region, in Requantization to)
            {
                sbyte* weights = (sbyte*)weightBytes;
                int* multipliers = (int*)multiplierBytes;
                for (int oy = region.Top; oy < region.Bottom; oy++)
                {
                    {{declare}};
                    for (int ox = region.Left; ox < region.Right; ox++)
                    {
                        int weight = 0;
                        for (int m = 0; m < groups * shape.Outputs; m++)
                        {
                            int sum = ((int*)bias)[m];
                            int first = m / shape.Outputs * shape.Run;
                            for (int tap = 0; tap < shape.KernelHeight * kernelWidth; tap++)
                            {
                                int iy = (oy * shape.StrideY) - shape.PadTop + (tap / kernelWidth * shape.DilationY);
                                int ix = (ox * shape.StrideX) - shape.PadLeft + (tap % kernelWidth * shape.DilationX);
                                bool inside = (uint)iy < (uint)shape.Height && (uint)ix < (uint)shape.Width;
                                byte* pixel = inside ? x + ((long)iy * shape.Pitch) + ((long)ix * shape.Pixel) : padding;
                                for (int c = 0; c < shape.Run; c++, weight++)
                                    sum += {{ConvWeights.At(bits.Weights, "weights", "weight")}} * {{code}};
                            }

                            {{store}};
                        }
                    }
                }
            }
            """,
            [
                ConvTileHelpers.Shape, RegionPrinter.Region, RequantizeHelpers.One, .. ConvWeights.AtNeeds(bits.Weights),
                .. PackedHelpers.Codes(bits),
            ]);
    }
}
