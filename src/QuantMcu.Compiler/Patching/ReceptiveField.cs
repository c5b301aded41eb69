using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// Which rows (axis 0) or columns (axis 1) of an input a layer reads to compute an interval of its output. Exact, and separable: every layer
/// that can be patched treats rows and columns independently.
/// </summary>
public static class ReceptiveField
{
    /// <summary>Whether the layer maps regions of an image to regions of an image, so that it may stand in a patch stage.</summary>
    public static bool CanBePatched(QuantizedLayer layer, QuantizedNetwork network) => IsImage(network, layer.Output) && layer switch
    {
        ConvLayer or MaxPoolLayer or AveragePoolLayer or ResizeLayer => IsImage(network, layer.Inputs[0]),
        LookupLayer or PReluLayer => true,
        AddLayer or MulLayer => SpatialOperandsAgree(layer, network),
        ConcatLayer concat => concat.Axis == 3,
        PadLayer pad => pad.Mode == PadMode.Constant && pad.Begin[0] == 0 && pad.End[0] == 0,
        _ => false,
    };

    /// <summary>
    /// The interval of input <paramref name="input"/> that the output interval needs, before clipping at the image border: what lies outside is
    /// padding. The whole axis where the operand is broadcast along it.
    /// </summary>
    public static Interval Of(QuantizedLayer layer, QuantizedNetwork network, int input, int axis, Interval output)
    {
        int size = network.Tensor(layer.Inputs[input]).Shape[axis + 1];
        return layer switch
        {
            ConvLayer conv => Windowed(conv.Window, axis, output),
            MaxPoolLayer pool => Windowed(pool.Window, axis, output),
            AveragePoolLayer pool => Windowed(pool.Window, axis, output),
            ResizeLayer resize => Resampled(axis == 0 ? resize.Rows : resize.Columns, output),
            PadLayer pad => new Interval(output.Begin - pad.Begin[axis + 1], output.End - pad.Begin[axis + 1]),
            _ => size == network.Tensor(layer.Output).Shape[axis + 1] ? output : Interval.Whole(size),
        };
    }

    /// <summary>
    /// Where the interval ends that rows or columns <c>.. outputEnd - 1</c> of the output need. It goes on below 0, as if the image did: a row that
    /// lies n rows before the first needs what the first needs, n strides earlier.
    /// </summary>
    public static int EndOf(QuantizedLayer layer, QuantizedNetwork network, int input, int axis, int outputEnd) => layer switch
    {
        ResizeLayer resize => ResampledEnd(axis == 0 ? resize.Rows : resize.Columns, network.Tensor(layer.Inputs[0]).Shape[axis + 1], outputEnd),
        ConvLayer or MaxPoolLayer or AveragePoolLayer or PadLayer => Of(layer, network, input, axis, new Interval(outputEnd - 1, outputEnd)).End,
        _ => outputEnd,
    };

    private static int ResampledEnd(ResizeAxis table, int size, int outputEnd)
    {
        int outputs = table.Low.Length;
        return outputEnd > 0
            ? Resampled(table, new Interval(0, Math.Min(outputEnd, outputs))).End
            : (int)Math.Floor((double)outputEnd * size / outputs);
    }

    private static Interval Windowed(Window window, int axis, Interval output)
    {
        int begin = (output.Begin * window.Strides[axis]) - window.PadsBegin[axis];
        int end = ((output.End - 1) * window.Strides[axis]) - window.PadsBegin[axis] + window.Extent(axis);
        return new Interval(begin, end);
    }

    private static Interval Resampled(ResizeAxis table, Interval output)
    {
        var read = default(Interval);
        for (int index = output.Begin; index < output.End; index++)
        {
            read = read.Union(new Interval(table.Low[index], table.Low[index] + 1));
            if (table.Fraction[index] != 0)
                read = read.Union(new Interval(table.High[index], table.High[index] + 1));
        }

        return read;
    }

    private static bool IsImage(QuantizedNetwork network, int tensor) => network.Tensor(tensor).Shape is { Rank: 4 } shape && shape[0] == 1 && shape.Elements > 0;

    private static bool SpatialOperandsAgree(QuantizedLayer layer, QuantizedNetwork network)
    {
        foreach (int input in layer.Inputs)
        {
            var tensor = network.Tensor(input);
            bool fits = tensor.Constant is not null
                ? IsSameForAllPixels(tensor.Shape)
                : IsImage(network, input) && SameImage(network, input, layer.Output);
            if (!fits)
                return false;
        }

        return true;
    }

    private static bool IsSameForAllPixels(Shape shape) =>
        shape.Rank <= 4 && (shape.Rank < 2 || shape[shape.Rank - 2] == 1) && (shape.Rank < 3 || shape[shape.Rank - 3] == 1);

    private static bool SameImage(QuantizedNetwork network, int a, int b) =>
        network.Tensor(a).Shape[1] == network.Tensor(b).Shape[1] && network.Tensor(a).Shape[2] == network.Tensor(b).Shape[2];
}
