using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A depthwise convolution. Taps go in pairs, one below the other, so that one multiply-add serves two: weights lie as
/// [kernel column][pair of kernel rows][channel][2], zero for the missing partner of an odd last row. The data is bias, multipliers
/// and padding codes.
/// </summary>
public sealed record DepthwiseStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window,
    Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    public int BiasOffset { get; init; }

    public int MultiplierOffset { get; init; }

    public int PaddingOffset { get; init; }

    internal static DepthwiseStep Lower(ConvLayer layer, LayerContext context)
    {
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
            BiasOffset = bias,
            MultiplierOffset = multipliers,
            PaddingOffset = padding,
            Weights = PackWeights(layer),
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    private static byte[] PackWeights(ConvLayer layer)
    {
        int height = layer.Window.Kernel[0], width = layer.Window.Kernel[1], channels = layer.Bias.Length;
        int pairs = (height + 1) / 2;
        var packed = new byte[checked(width * pairs * channels * 2)];
        for (int c = 0; c < channels; c++)
        {
            for (int ky = 0; ky < height; ky++)
            {
                for (int kx = 0; kx < width; kx++)
                    packed[(((((kx * pairs) + (ky / 2)) * channels) + c) * 2) + (ky % 2)] =
                        (byte)layer.Weights[(((c * height) + ky) * width) + kx];
            }
        }

        return packed;
    }
}
