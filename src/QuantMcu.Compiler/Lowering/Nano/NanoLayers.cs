using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.Nano;

/// <summary>Turns a layer into the step of a general kernel.</summary>
internal static class NanoLayers
{
    public static Step? Lower(LayerContext context)
    {
        var layer = context.Layer;
        if (layer is ReshapeLayer && context.InputLayout(0).CoincidesWith(context.OutputLayout))
            return null;

        var region = context.Region;
        var operands = layer.Inputs.Select((_, i) => Operand(
            context.InputTensor(i), region?.Inputs[i] ?? ImageOf(context.InputTensor(i), () => context.InputImage(i))));
        var result = Operand(context.OutputTensor, ImageOf(context.OutputTensor, () => context.OutputImage));
        var step = new LayerStep(TitleOf(context), context.Inputs, context.Output, layer, [.. operands], result)
        {
            Region = region,
            Loops = region is null && layer is AddLayer or MulLayer ? BinaryLoops.Of(context) : null,
        };
        return layer switch
        {
            ConvLayer conv => Convolution(conv, step),
            LookupLayer lookup => step with { Data = lookup.Table },
            AveragePoolLayer pool => step with { Numbers = [.. pool.Requantization.Multipliers] },
            PReluLayer prelu => step with { Numbers = [.. prelu.Negative.Multipliers] },
            SoftmaxLayer softmax => step with { Numbers = [.. softmax.Exponentials, .. softmax.Log?.Logarithms ?? []] },
            ResizeLayer resize => step with { Numbers = [.. Table(resize.Rows), .. Table(resize.Columns)] },
            _ => step,
        };
    }

    private static NanoOperand Operand(QuantizedTensor tensor, ImageShape? image) =>
        new(tensor.Shape, CodeLayout.Of(tensor), tensor.Quantizer.ZeroPoint, image);

    private static ImageShape? ImageOf(QuantizedTensor tensor, Func<ImageShape> image) => tensor.Shape.Rank == 4 ? image() : null;

    private static string TitleOf(LayerContext context) => context.Title(context.Layer switch
    {
        ConvLayer { FullyConnected: false } conv => StepTitle.Of(conv.Window),
        MaxPoolLayer pool => StepTitle.Of(pool.Window),
        AveragePoolLayer pool => StepTitle.Of(pool.Window),
        _ => null,
    });

    private static LayerStep Convolution(ConvLayer layer, LayerStep step) => step with
    {
        Weights = layer.IsDepthwise ? DepthwiseWeights(layer) : Rows(layer, layer.Bias.Length, (row, i) => (row * (layer.Weights.Length / layer.Bias.Length)) + i),
        Numbers = [.. layer.Bias, .. layer.Requantization.Multipliers],
        Data = layer.HasPadding ? layer.PadCodes : [],
        WindowBytes = checked(layer.Window.Taps * (layer.IsDepthwise ? layer.PadCodes.Length : layer.PadCodes.Length / layer.Groups)),
    };

    /// <summary>[tap][channel].</summary>
    private static byte[] DepthwiseWeights(ConvLayer layer)
    {
        int taps = layer.Window.Taps;
        return Rows(layer, taps, (tap, channel) => (channel * taps) + tap);
    }

    private static byte[] Rows(ConvLayer layer, int rows, Func<int, int, int> source)
    {
        int line = rows == 0 ? 0 : layer.Weights.Length / rows;
        int pitch = CodeLayout.LineBytes(line, layer.WeightBits) * (8 / layer.WeightBits);
        var packed = new PackedCodes(checked(rows * pitch), layer.WeightBits);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < line; i++)
                packed.Set((row * pitch) + i, layer.Weights[source(row, i)]);
        }

        return packed.Bytes;
    }

    /// <summary>A neighbour of weight 0 may lie outside the region that exists: it is not read.</summary>
    private static IEnumerable<int> Table(ResizeAxis axis) => Enumerable.Range(0, axis.Low.Length)
        .SelectMany(i => new[] { axis.Low[i], axis.Fraction[i] == 0 ? axis.Low[i] : axis.High[i], axis.Fraction[i] });
}
