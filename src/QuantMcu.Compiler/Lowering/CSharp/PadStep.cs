using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// Padding in any mode. The data holds, for each padded axis, where every output index reads: an offset in elements, or -1 for
/// the padding code. Behind the last padded axis lie whole runs.
/// </summary>
/// <param name="Sizes">Output sizes of the axes up to the last padded one.</param>
/// <param name="Run">Elements behind them, copied together.</param>
/// <param name="Code">The padding code.</param>
/// <param name="TableOffsets">Where in the data each axis' table starts.</param>
public sealed record PadStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImmutableArray<int> Sizes, int Run, byte Code,
    ImmutableArray<int> TableOffsets) : Step(Title, Inputs, Output)
{
    /// <summary>Codes added before every axis of the image, where <see cref="Step.Region"/> says that the step pads one.</summary>
    public ImmutableArray<int> Begin { get; init; } = ImmutableArray<int>.Empty;

    internal static PadStep Lower(PadLayer layer, LayerContext context)
    {
        if (context.Region is { } region)
            return LowerRegion(layer, context, region);

        Shape input = context.InputTensor(0).Shape, output = context.OutputTensor.Shape;
        int[] strides = input.Strides();
        int axes = output.Rank;
        while (axes > 0 && layer.Begin[axes - 1] == 0 && layer.End[axes - 1] == 0)
            axes--;

        var data = new StepData();
        var tables = Enumerable.Range(0, axes).Select(axis => data.Add(Enumerable.Range(0, output[axis])
            .Select(index => Source(layer.Mode, index - layer.Begin[axis], input[axis]))
            .Select(index => index < 0 ? -1 : index * strides[axis]))).ToImmutableArray();
        int run = output.Skip(axes).Aggregate(1, (product, size) => product * size);
        return new PadStep(
            context.Title(layer.Mode.ToString().ToLowerInvariant()), context.Inputs, context.Output,
            output.Take(axes).ToImmutableArray(), run, layer.Code, tables)
        {
            Data = data.ToArray(),
        };
    }

    private static PadStep LowerRegion(PadLayer layer, LayerContext context, RegionImages region) => new(
        context.Title("constant"), context.Inputs, context.Output, ImmutableArray<int>.Empty, 0, layer.Code, ImmutableArray<int>.Empty)
    {
        Begin = layer.Begin,
        Region = region,
    };

    /// <summary>
    /// The input index that stands at <paramref name="index"/>, which may lie outside; -1 for the padding code.
    /// </summary>
    private static int Source(PadMode mode, int index, int size)
    {
        if (index >= 0 && index < size)
            return index;

        switch (mode)
        {
            case PadMode.Edge:
                return index < 0 ? 0 : size - 1;
            case PadMode.Wrap:
                return ((index % size) + size) % size;
            case PadMode.Reflect:
                int period = Math.Max(1, 2 * (size - 1));
                int phase = ((index % period) + period) % period;
                return Math.Min(phase, period - phase);
            default:
                return -1;
        }
    }
}
