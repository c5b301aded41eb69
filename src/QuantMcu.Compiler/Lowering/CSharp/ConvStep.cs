using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A convolution with any groups but depthwise; a fully connected layer is one on one pixel. The taps of a pixel are
/// <see cref="Rows"/> x <see cref="Columns"/> runs of <see cref="Run"/> neighbouring codes; every run is padded to whole quads,
/// so that kernels read four codes at a time. Weights lie packed as [group][block of 16 outputs][row][column][quad][16 outputs][4
/// codes], zeros where outputs or codes are missing. The data is bias and multipliers, each group padded to whole blocks, then
/// a pixel of padding codes. Where groups of packed codes do not start on bytes (<see cref="IsPlain"/>), weights lie as the layer
/// has them, and nothing is padded.
/// </summary>
public sealed record ConvStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window, int Groups,
    Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    /// <summary>Outputs that share a vector.</summary>
    public const int Block = 16;

    public ConvBits Bits { get; init; } = new(8, 8, 8);

    /// <summary>A kernel for any alignment computes it, output by output.</summary>
    public bool IsPlain { get; init; }

    public int Rows { get; init; }

    public int Columns { get; init; }

    public int Run { get; init; }

    public int BiasOffset { get; init; }

    public int MultiplierOffset { get; init; }

    /// <summary>Offset of the padding codes, or -1 where no window leaves the image.</summary>
    public int PaddingOffset { get; init; }

    internal static ConvStep Lower(ConvLayer layer, LayerContext context)
    {
        var bits = ConvBits.Of(layer, context);
        if (!GroupsStartOnBytes(layer, bits))
            return LowerPlain(layer, context);

        var image = context.InputImage(0);
        var result = context.OutputImage;
        if (IsPointwise(layer) && context.Region is null)
        {
            image = Line(image);
            result = Line(result);
        }

        int groupChannels = image.Channels / layer.Groups;
        bool wholeRows = layer.Groups == 1 && layer.Window.Dilations[1] == 1 && context.InputLayout(0).IsDense;
        int columns = wholeRows ? 1 : layer.Window.Kernel[1];
        int run = wholeRows ? layer.Window.Kernel[1] * groupChannels : groupChannels;

        var data = new StepData();
        var requantization = layer.Requantization;
        int outputs = result.Channels;
        int bias = data.Add(ByGroup(layer.Bias, layer.Groups));
        int multipliers =
            data.Add(ByGroup(Enumerable.Range(0, outputs).Select(requantization.Multiplier).ToArray(), layer.Groups));
        int padding = layer.HasPadding ? data.Add(PackPixel(layer.PadCodes, bits.Codes)) : -1;
        return new ConvStep(TitleOf(layer, context), context.Inputs, context.Output, image, result, layer.Window, layer.Groups, requantization)
        {
            Bits = bits,
            Rows = layer.Window.Kernel[0],
            Columns = columns,
            Run = run,
            BiasOffset = bias,
            MultiplierOffset = multipliers,
            PaddingOffset = padding,
            Weights = PackWeights(layer, run, bits.Weights),
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    private static bool IsPointwise(ConvLayer layer) =>
        layer.Window.Taps == 1 && !layer.HasPadding && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1;

    /// <summary>For groups of any alignment, and for windows of any size.</summary>
    internal static ConvStep LowerPlain(ConvLayer layer, LayerContext context)
    {
        var bits = ConvBits.Of(layer, context);
        var data = new StepData();
        int bias = data.Add(layer.Bias);
        int multipliers = data.Add(Enumerable.Range(0, layer.Bias.Length).Select(layer.Requantization.Multiplier));
        int padding = data.Add(PackPixel(layer.PadCodes, bits.Codes));
        var weights = new PackedCodes(layer.Weights.Length, bits.Weights);
        for (int i = 0; i < layer.Weights.Length; i++)
            weights.Set(i, layer.Weights[i]);

        return new ConvStep(
            TitleOf(layer, context), context.Inputs, context.Output, context.InputImage(0), context.OutputImage, layer.Window,
            layer.Groups, layer.Requantization)
        {
            Bits = bits,
            IsPlain = true,
            Run = layer.PadCodes.Length / layer.Groups,
            BiasOffset = bias,
            MultiplierOffset = multipliers,
            PaddingOffset = padding,
            Weights = weights.Bytes,
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    private static string TitleOf(ConvLayer layer, LayerContext context)
    {
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return context.Title(detail + (layer.Groups > 1 && !layer.IsDepthwise ? " in " + layer.Groups + " groups" : null));
    }

    private static bool GroupsStartOnBytes(ConvLayer layer, ConvBits bits) => layer.Groups == 1
        || (layer.PadCodes.Length / layer.Groups * bits.Codes % 8 == 0 && layer.Bias.Length / layer.Groups * bits.Result % 8 == 0);

    /// <summary>All pixels as one row.</summary>
    private static ImageShape Line(ImageShape image)
    {
        int pixels = image.Batch * image.Pixels;
        return new ImageShape(1, 1, pixels, image.Channels) { Pixel = image.Pixel, Pitch = pixels * image.Pixel };
    }

    private static byte[] PackPixel(byte[] codes, int bits) => new CodeLayout(bits, codes.Length, 1).Pack(codes);

    private static byte[] PackWeights(ConvLayer layer, int run, int bits)
    {
        int outputs = layer.Bias.Length / layer.Groups;
        int blocks = (outputs + Block - 1) / Block;
        int length = layer.Weights.Length / layer.Bias.Length;
        int runs = length / Math.Max(1, run);
        int quads = (run + 3) / 4;
        var packed = new PackedCodes(checked(layer.Groups * blocks * runs * quads * 4 * Block), bits);
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            int group = m / outputs, lane = m % outputs % Block, block = (group * blocks) + (m % outputs / Block);
            for (int i = 0; i < length; i++)
            {
                int quad = (((block * runs) + (i / run)) * quads) + (i % run / 4);
                packed.Set((((quad * Block) + lane) * 4) + (i % run % 4), layer.Weights[(m * length) + i]);
            }
        }

        return packed.Bytes;
    }

    private static int[] ByGroup(int[] values, int groups)
    {
        int each = values.Length / groups;
        return Enumerable.Range(0, groups)
            .SelectMany(group => StepData.Padded(new ArraySegment<int>(values, group * each, each), Block)).ToArray();
    }
}
