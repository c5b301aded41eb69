using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// Padding in any mode. The data holds, for each padded axis, where every output index reads: an offset in bytes, or -1 for the
/// padding code; in codes where packed lines are padded themselves. Behind the last padded axis lie whole runs.
/// </summary>
/// <param name="Sizes">Output sizes of the axes up to the last padded one.</param>
/// <param name="Run">Bytes behind them, copied together; 1 code where packed lines are padded themselves.</param>
/// <param name="Code">The padding code.</param>
/// <param name="TableOffsets">Where in the data each axis' table starts.</param>
public sealed record PadStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImmutableArray<int> Sizes, int Run, byte Code,
    ImmutableArray<int> TableOffsets) : Step(Title, Inputs, Output)
{
    /// <summary>Codes added before every axis of the image, where <see cref="Step.Region"/> says that the step pads one.</summary>
    public ImmutableArray<int> Begin { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>A byte full of padding codes.</summary>
    public byte Fill { get; init; }

    /// <summary>Bytes of a line whose last byte has unused bits; else 0.</summary>
    public int PartialLine { get; init; }

    /// <summary>The last byte of such a line.</summary>
    public byte PartialFill { get; init; }

    internal static PadStep Lower(PadLayer layer, LayerContext context)
    {
        if (context.Region is { } region)
            return LowerRegion(layer, context, region);

        Shape input = context.InputTensor(0).Shape, output = context.OutputTensor.Shape;
        int[] strides = input.Strides();
        int axes = output.Rank;
        while (axes > 0 && layer.Begin[axes - 1] == 0 && layer.End[axes - 1] == 0)
            axes--;

        CodeLayout line = context.OutputLayout;
        bool bytes = axes < output.Rank || context.Packing is null;
        int Bytes(int codes) => bytes && line.IsPacked ? codes / line.Line * line.Pitch : codes;

        var data = new StepData();
        var tables = Enumerable.Range(0, axes).Select(axis => data.Add(Enumerable.Range(0, output[axis])
            .Select(index => Source(layer.Mode, index - layer.Begin[axis], input[axis]))
            .Select(index => index < 0 ? -1 : Bytes(index * strides[axis])))).ToImmutableArray();
        int run = Bytes(output.Skip(axes).Aggregate(1, (product, size) => product * size));
        return new PadStep(
            context.Title(layer.Mode.ToString().ToLowerInvariant()), context.Inputs, context.Output,
            output.Take(axes).ToImmutableArray(), run, layer.Code, tables)
        {
            Data = data.ToArray(),
            MovesBytes = bytes,
        }.WithFill(line);
    }

    private static PadStep LowerRegion(PadLayer layer, LayerContext context, RegionImages region)
    {
        bool bytes = context.Packing is null || (layer.Begin[3] == 0 && layer.End[3] == 0);
        return new PadStep(
            context.Title("constant"), context.Inputs, context.Output, ImmutableArray<int>.Empty, 0, layer.Code,
            ImmutableArray<int>.Empty)
        {
            Begin = layer.Begin,
            MovesBytes = bytes,
            Region = bytes ? context.RegionInBytes : region,
        }.WithFill(context.OutputLayout);
    }

    private PadStep WithFill(CodeLayout line)
    {
        var full = new CodeLayout(line.Bits, 8, 1);
        return this with
        {
            Fill = full.Pack(Enumerable.Repeat(Code, full.Line).ToArray())[0],
            PartialLine = line.IsDense ? 0 : line.Pitch,
            PartialFill = line.Pack(Enumerable.Repeat(Code, line.Line).ToArray())[line.Pitch - 1],
        };
    }

    /// <summary>
    /// The input index that stands at <paramref name="index"/>, which may lie outside; -1 for the padding code.
    /// </summary>
    internal static int Source(PadMode mode, int index, int size)
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
