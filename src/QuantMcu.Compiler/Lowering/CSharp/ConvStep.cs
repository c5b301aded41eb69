using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A convolution with any groups but depthwise; a fully connected layer is one on one pixel. The taps of a pixel are
/// <see cref="Rows"/> x <see cref="Columns"/> runs of <see cref="Run"/> neighbouring bytes; every run is padded to whole quads,
/// so that kernels read four codes at a time. Weights lie as [group][block of 16 outputs][row][column][quad][16 outputs][4
/// codes], zeros where outputs or codes are missing. The data is bias and multipliers, each group padded to whole blocks, then
/// the padding codes.
/// </summary>
public sealed record ConvStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window, int Groups,
    Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    /// <summary>Outputs that share a vector.</summary>
    public const int Block = 16;

    public int Rows { get; init; }

    public int Columns { get; init; }

    public int Run { get; init; }

    public int BiasOffset { get; init; }

    public int MultiplierOffset { get; init; }

    /// <summary>Offset of the padding codes, or -1 where no window leaves the image.</summary>
    public int PaddingOffset { get; init; }

    internal static ConvStep Lower(ConvLayer layer, LayerContext context)
    {
        var image = context.InputImage(0);
        var result = context.OutputImage;
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        string title = context.Title(detail + (layer.Groups > 1 ? " in " + layer.Groups + " groups" : null));
        if (IsPointwise(layer) && context.Region is null)
        {
            image = new ImageShape(1, 1, image.Batch * image.Pixels, image.Channels);
            result = new ImageShape(1, 1, image.Width, result.Channels);
        }

        int groupChannels = image.Channels / layer.Groups;
        bool wholeRows = layer.Groups == 1 && layer.Window.Dilations[1] == 1;
        int columns = wholeRows ? 1 : layer.Window.Kernel[1];
        int run = wholeRows ? layer.Window.Kernel[1] * groupChannels : groupChannels;

        var data = new StepData();
        var requantization = layer.Requantization;
        int outputs = result.Channels;
        int bias = data.Add(ByGroup(layer.Bias, layer.Groups));
        int multipliers =
            data.Add(ByGroup(Enumerable.Range(0, outputs).Select(requantization.Multiplier).ToArray(), layer.Groups));
        int padding = layer.HasPadding ? data.Add(layer.PadCodes) : -1;
        return new ConvStep(title, context.Inputs, context.Output, image, result, layer.Window, layer.Groups, requantization)
        {
            Rows = layer.Window.Kernel[0],
            Columns = columns,
            Run = run,
            BiasOffset = bias,
            MultiplierOffset = multipliers,
            PaddingOffset = padding,
            Weights = PackWeights(layer, run),
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    private static bool IsPointwise(ConvLayer layer) =>
        layer.Window.Taps == 1 && !layer.HasPadding && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1;

    private static byte[] PackWeights(ConvLayer layer, int run)
    {
        int outputs = layer.Bias.Length / layer.Groups;
        int blocks = (outputs + Block - 1) / Block;
        int length = layer.Weights.Length / layer.Bias.Length;
        int runs = length / Math.Max(1, run);
        int quads = (run + 3) / 4;
        var packed = new byte[checked(layer.Groups * blocks * runs * quads * 4 * Block)];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            int group = m / outputs, lane = m % outputs % Block, block = (group * blocks) + (m % outputs / Block);
            for (int i = 0; i < length; i++)
            {
                int quad = (((block * runs) + (i / run)) * quads) + (i % run / 4);
                packed[(((quad * Block) + lane) * 4) + (i % run % 4)] = (byte)layer.Weights[(m * length) + i];
            }
        }

        return packed;
    }

    private static int[] ByGroup(int[] values, int groups)
    {
        int each = values.Length / groups;
        return Enumerable.Range(0, groups)
            .SelectMany(group => StepData.Padded(new ArraySegment<int>(values, group * each, each), Block)).ToArray();
    }
}
