using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A depthwise convolution. Taps go in pairs, one below the other, so that one multiply-add serves two: weights lie as
/// [kernel column][pair of kernel rows][channel][2], zero for the missing partner of an odd last row. The data is bias, multipliers
/// and padding codes, a byte each. The weights of every pair of taps start on a byte. Where codes or weights are packed, blocks of
/// <see cref="Block"/> channels are unpacked and computed one after the other.
/// </summary>
public sealed record DepthwiseStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window,
    Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    /// <summary>Bytes that a strip of unpacked codes, or the unpacked weights of a block, may take.</summary>
    public const int Room = 8192;

    public ConvBits Bits { get; init; } = new(8, 8, 8);

    /// <summary>Channels that are unpacked together; all of them where nothing is packed.</summary>
    public int Block { get; init; }

    public int BiasOffset { get; init; }

    public int MultiplierOffset { get; init; }

    public int PaddingOffset { get; init; }

    internal static Step Lower(ConvLayer layer, LayerContext context)
    {
        var bits = ConvBits.Of(layer, context);
        int block = bits.Suffix.Length == 0 ? layer.Bias.Length : ChannelsTogether(layer);
        if (block == 0)
            return ConvStep.LowerPlain(layer, context);

        var image = context.InputImage(0);
        var data = new StepData();
        int bias = data.Add(layer.Bias);
        int multipliers = data.Add(Enumerable.Range(0, image.Channels).Select(layer.Requantization.Multiplier));
        int padding = data.Add(layer.PadCodes);
        var result = context.OutputImage;
        return new DepthwiseStep(
            context.Title(StepTitle.Of(layer.Window)), context.Inputs, context.Output, image, result, layer.Window,
            layer.Requantization)
        {
            Bits = bits,
            Block = block,
            BiasOffset = bias,
            MultiplierOffset = multipliers,
            PaddingOffset = padding,
            Weights = PackWeights(layer, bits.Weights),
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    /// <summary>Blocks of about equal size that start on bytes; 0 where not even a few channels have room.</summary>
    private static int ChannelsTogether(ConvLayer layer)
    {
        const int Most = 64, Least = 16;
        var window = layer.Window;
        long taps = Math.Max((long)window.Kernel[0] * window.Extent(1), (window.Kernel[0] + 1L) * window.Kernel[1]);
        int most = (int)Math.Min(Most, Room / taps / Least * Least);
        if (most == 0)
            return Room / taps >= 4 ? 4 : 0;

        int blocks = (layer.Bias.Length + most - 1) / most;
        return (((layer.Bias.Length + blocks - 1) / blocks) + Least - 1) / Least * Least;
    }

    private static byte[] PackWeights(ConvLayer layer, int bits)
    {
        int height = layer.Window.Kernel[0], width = layer.Window.Kernel[1], channels = layer.Bias.Length;
        int pairs = (height + 1) / 2;
        int row = CodeLayout.LineBytes(2 * channels, bits) * (8 / bits);
        var packed = new PackedCodes(checked(width * pairs * row), bits);
        for (int c = 0; c < channels; c++)
        {
            for (int ky = 0; ky < height; ky++)
            {
                for (int kx = 0; kx < width; kx++)
                    packed.Set(
                        (((kx * pairs) + (ky / 2)) * row) + (2 * c) + (ky % 2), layer.Weights[(((c * height) + ky) * width) + kx]);
            }
        }

        return packed.Bytes;
    }
}
