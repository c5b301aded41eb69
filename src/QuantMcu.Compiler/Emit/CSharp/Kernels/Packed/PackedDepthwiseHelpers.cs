using System;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>
/// Depthwise convolutions of packed codes or weights: a block of channels of a strip of neighbouring pixels is unpacked, padding
/// codes and all, and computed as a small image of bytes.
/// </summary>
internal static class PackedDepthwiseHelpers
{
    private static readonly Helper UnpackWeights8 = UnpackWeightsOf(
        8, "Unsafe.CopyBlockUnaligned(to, weights + (2 * c), (uint)(2 * channels));", "2 * shape.Channels");

    private static readonly Helper UnpackWeights4 = UnpackWeightsOf(
        4, "Unpack4(weights + c, 2 * channels, to);", "shape.Channels", PackedHelpers.Unpack(4), Sign(4));

    private static readonly Helper UnpackWeights2 = UnpackWeightsOf(
        2, "Unpack2(weights + (c / 2), 2 * channels, to);", "(shape.Channels + 1) / 2", PackedHelpers.Unpack(2), Sign(2));

    /// <summary>A convolution of codes and weights of some bits, not all of them 8.</summary>
    public static Helper Convolve(ConvBits bits)
    {
        Helper strip = UnpackStrip(bits.Codes);
        Helper weights = bits.Weights == 8 ? UnpackWeights8 : bits.Weights == 4 ? UnpackWeights4 : UnpackWeights2;
        Helper[] pack = bits.Result == 8 ? [] : [PackedHelpers.Pack(bits.Result)];
        string store = bits.Result == 8
            ? "Unsafe.CopyBlockUnaligned(result, codes + (p * channels), (uint)channels);"
            : $"{pack[0].Name}(codes + (p * channels), channels, result);";
        return new(
            "ConvolveDepthwise" + bits.Suffix,
            $$"""
            /// <summary>A region of a depthwise convolution of one image, block channels at a time.</summary>
            [SkipLocalsInit]
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void ConvolveDepthwise{{bits.Suffix}}(
                byte* x, byte* y, byte* weights, byte* bias, byte* multipliers, byte* padding, int block, in DepthwiseShape shape,
                in Region region, in Requantization to)
            {
                const int Room = {{DepthwiseStep.Room}};
                byte* strip = stackalloc byte[Room], codes = stackalloc byte[Room], taps = stackalloc byte[Room];
                int extent = ((shape.KernelWidth - 1) * shape.DilationX) + 1;
                int resultPixel = {{Bytes("shape.Channels", bits.Result)}};
                for (int c = 0; c < shape.Channels; c += block)
                {
                    int channels = Math.Min(block, shape.Channels - c);
                    {{weights.Name}}(weights, c, channels, taps, shape);
                    int most = (((Room / (shape.KernelHeight * channels)) - extent) / shape.StrideX) + 1;
                    int count;
                    DepthwiseShape part = shape;
                    part.Height = shape.KernelHeight;
                    part.Channels = channels;
                    part.DilationY = 1;
                    part.PadTop = 0;
                    part.PadLeft = 0;
                    for (int oy = region.Top; oy < region.Bottom; oy++)
                    {
                        for (int ox = region.Left; ox < region.Right; ox += count)
                        {
                            count = Math.Min(most, region.Right - ox);
                            part.Width = ((count - 1) * shape.StrideX) + extent;
                            part.Pitch = part.Width * channels;
                            {{strip.Name}}(
                                x + {{At("c", bits.Codes)}}, strip, padding + c, (oy * shape.StrideY) - shape.PadTop, (ox * shape.StrideX) - shape.PadLeft,
                                part.Width, channels, shape);
                            ConvolveDepthwise(
                                strip, codes, taps, bias + (4 * c), multipliers + (4 * c), padding + c, part,
                                new Region { Bottom = 1, Right = count }, to);
                            byte* result = y + ((long)oy * shape.ResultPitch) + ((long)ox * resultPixel) + {{At("c", bits.Result)}};
                            for (int p = 0; p < count; p++, result += resultPixel)
                                {{store}}
                        }
                    }
                }
            }
            """,
            [DepthwiseHelpers.Convolve, strip, weights, .. pack]);
    }

    /// <summary>Bytes before a code that starts a byte.</summary>
    private static string At(string index, int bits) => bits == 8 ? index : FormattableString.Invariant($"({index} / {8 / bits})");

    /// <summary>Bytes of a line.</summary>
    private static string Bytes(string codes, int bits) =>
        bits == 8 ? codes : FormattableString.Invariant($"({codes} + {(8 / bits) - 1}) / {8 / bits}");

    private static Helper UnpackStrip(int bits)
    {
        string name = FormattableString.Invariant($"UnpackStrip{bits}");
        Helper[] unpack = bits == 8 ? [] : [PackedHelpers.Unpack(bits)];
        string Copy(string count) => bits == 8
            ? $"Unsafe.CopyBlockUnaligned(strip, from, (uint)({count}));"
            : $"{unpack[0].Name}(from, {count}, strip);";
        return new(
            name,
            $$"""
            /// <summary>
            /// Some channels of the rows under a strip of pixels, one code a byte, with padding codes where they leave the image.
            /// </summary>
            private static void {{name}}(
                byte* x, byte* strip, byte* padding, int top, int left, int width, int channels, in DepthwiseShape shape)
            {
                int pixel = {{Bytes("shape.Channels", bits)}};
                int before = Math.Min(Math.Max(-left, 0), width);
                int after = Math.Min(Math.Max(left + width - shape.Width, 0), width - before);
                for (int ky = 0; ky < shape.KernelHeight; ky++)
                {
                    int iy = top + (ky * shape.DilationY);
                    bool inside = (uint)iy < (uint)shape.Height;
                    strip = Pad(strip, padding, inside ? before : width, channels);
                    if (!inside)
                        continue;

                    byte* from = x + ((long)iy * shape.Pitch) + ((long)(left + before) * pixel);
                    int count = width - before - after;
                    if (pixel * {{8 / bits}} == channels)
                    {
                        {{Copy("count * channels")}}
                        strip += count * channels;
                    }
                    else
                    {
                        for (int p = 0; p < count; p++, from += pixel, strip += channels)
                            {{Copy("channels")}}
                    }

                    strip = Pad(strip, padding, after, channels);
                }

                static byte* Pad(byte* to, byte* padding, int pixels, int channels)
                {
                    for (int p = 0; p < pixels; p++, to += channels)
                        Unsafe.CopyBlockUnaligned(to, padding, (uint)channels);

                    return to;
                }
            }
            """,
            [DepthwiseHelpers.Shape, .. unpack]);
    }

    private static Helper UnpackWeightsOf(int bits, string copy, string row, params Helper[] needs)
    {
        string name = FormattableString.Invariant($"DepthwiseWeights{bits}");
        string sign = bits == 8 ? "" : FormattableString.Invariant($"\n        Sign{bits}(to, 2 * channels);");
        return new(
            name,
            $$"""
            /// <summary>Weights of some channels, a byte each.</summary>
            private static void {{name}}(byte* weights, int c, int channels, byte* to, in DepthwiseShape shape)
            {
                int pairs = (shape.KernelHeight + 1) / 2 * shape.KernelWidth;
                for (int pair = 0; pair < pairs; pair++, weights += {{row}}, to += 2 * channels)
                {
                    {{copy}}{{sign}}
                }
            }
            """,
            [DepthwiseHelpers.Shape, .. needs]);
    }

    private static Helper Sign(int bits) => new(
        FormattableString.Invariant($"Sign{bits}"),
        $$"""
        /// <summary>Takes the {{bits}} low bits of bytes for signed numbers.</summary>
        private static void Sign{{bits}}(byte* weights, int count)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                var bit = new Vector<byte>({{1 << (bits - 1)}});
                for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
                    Unsafe.WriteUnaligned(weights + i, (Unsafe.ReadUnaligned<Vector<byte>>(weights + i) ^ bit) - bit);
            }

            for (; i < count; i++)
                weights[i] = (byte)((weights[i] ^ {{1 << (bits - 1)}}) - {{1 << (bits - 1)}});
        }
        """);
}
