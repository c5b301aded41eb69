using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Reports;

/// <summary>Collects the figures of a compiled model into a report.</summary>
public static class NetworkFigures
{
    /// <param name="request">What was asked for.</param>
    /// <param name="model">What came of it.</param>
    /// <param name="cancellation">Honoured while the memory is planned.</param>
    public static NetworkReport Of(CompileRequest request, CompiledModel model, CancellationToken cancellation)
    {
        var network = model.Network;
        var memory = NetworkMemory.Plan(network, cancellation);
        var maps = Maps(network);
        return new NetworkReport(request.Name)
        {
            Maps = maps,
            Patches = network.Patches is { } patches ? Patches(network, patches, model) : null,
            Memory = new MemoryFigures(memory.Arena, MemoryChart.Steps(network, memory)),
            FlashBytes = maps.Sum(map => map.FlashBytes),
            Search = model.Search,
            Options = OptionParser.Texts(request.Options),
        };
    }

    /// <summary>Inputs first, then layers in order of execution: the patch stage, then the tail.</summary>
    internal static ImmutableArray<MapFigures> Maps(QuantizedNetwork network)
    {
        var maps = new List<MapFigures>();
        var rows = new Dictionary<int, int>();
        foreach (var port in network.Inputs)
        {
            rows[port.Tensor] = maps.Count;
            maps.Add(Input(network, port));
        }

        if (network.Patches is { } stage)
        {
            AddStage(stage, maps);
            rows[stage.Output] = maps.Count - 1;
        }

        foreach (var layer in network.Layers)
            Add(maps, rows, network, layer, InTail(network, layer));

        return maps.ToImmutableArray();
    }

    private static MapFigures Input(QuantizedNetwork network, NetworkPort port)
    {
        var tensor = network.Tensor(port.Tensor);
        return new MapFigures(
            tensor.Name, "Input", ShapeText(tensor.Shape), InStage: false, ImmutableArray<int>.Empty, ImmutableArray.Create(tensor.Quantizer.Bits));
    }

    /// <summary>Adds the layers of the stage, the split tensor last.</summary>
    private static void AddStage(PatchStage stage, List<MapFigures> maps)
    {
        var first = stage.Branches[0].Network;
        var finest = PatchPlan.Finest(SplitPoint.Whole(first), Halo.Recompute);

        // A grid of cached halos may have more tiles than the split tensor has pixels.
        var baselineGrid = new PatchGrid(Math.Min(stage.Grid.Rows, finest.Rows), Math.Min(stage.Grid.Columns, finest.Columns));
        var baseline = stage.Branches[0].Plan(baselineGrid, Halo.Recompute);
        var plans = stage.Branches.Select(branch => branch.Plan(stage.Grid, stage.Halo)).ToArray();
        var rows = first.Inputs.Select((port, row) => (port.Tensor, row)).ToDictionary(pair => pair.Tensor, pair => pair.row);
        for (int i = 0; i < first.Layers.Length; i++)
        {
            var layer = first.Layers[i];
            long macs = layer.Macs(first);
            Add(maps, rows, first, layer, map => map with
            {
                InStage = true,
                Bits = stage.Branches.Select(branch => branch.Network.Tensor(branch.Network.Layers[i].Output).Quantizer.Bits).ToImmutableArray(),
                Macs = macs,
                ExecutedMacs = plans[0].MacsOf(layer),
                FlashBytes = FlashBytes(stage, i) + ConstantBytes(first, layer),
                BitOps = new BitOpsFigures(ExecutedBitOps(stage, plans, i), 64 * baseline.MacsOf(layer), 64 * macs),
            });
        }
    }

    /// <summary>Over all tiles, each at the bit widths of its class.</summary>
    private static long ExecutedBitOps(PatchStage stage, PatchPlan[] plans, int layer)
    {
        long bitOps = 0;
        for (int tile = 0; tile < stage.Classes.Length; tile++)
        {
            int branch = stage.Classes[tile];
            var network = stage.Branches[branch].Network;
            long macs = plans[branch].MacsOf(network.Layers[layer], tile / stage.Grid.Columns, tile % stage.Grid.Columns);
            bitOps += macs * NetworkCost.BitsPerMac(network.Layers[layer], network);
        }

        return bitOps;
    }

    /// <summary>Constants that the layer is the first to read.</summary>
    private static int ConstantBytes(QuantizedNetwork network, QuantizedLayer layer) => layer.Inputs.Distinct()
        .Where(input => network.Layers.First(reader => reader.Inputs.Contains(input)) == layer)
        .Sum(input => network.Tensor(input).Constant?.Length ?? 0);

    /// <summary>What every branch stores of a layer: weights and tables that are equal are stored once.</summary>
    private static int FlashBytes(PatchStage stage, int layer)
    {
        var kept = new List<QuantizedLayer>();
        int bytes = 0;
        foreach (var own in stage.Branches.Select(branch => branch.Network.Layers[layer]))
        {
            bytes += own.FlashBytes - (kept.Any(other => Shares(own, other)) ? SharedBytes(own) : 0);
            kept.Add(own);
        }

        return bytes;
    }

    private static bool Shares(QuantizedLayer a, QuantizedLayer b) => (a, b) switch
    {
        (ConvLayer x, ConvLayer y) => x.WeightBits == y.WeightBits && x.Weights.AsSpan().SequenceEqual(y.Weights),
        (LookupLayer x, LookupLayer y) => x.Table.AsSpan().SequenceEqual(y.Table),
        _ => false,
    };

    private static int SharedBytes(QuantizedLayer layer) => layer is ConvLayer conv ? conv.WeightBytes : layer.FlashBytes;

    private static Func<MapFigures, MapFigures> InTail(QuantizedNetwork network, QuantizedLayer layer)
    {
        long executed = layer.Macs(network), macs = NetworkCost.LayerwiseMacs(layer, network);
        var bitOps = new BitOpsFigures(NetworkCost.BitOpsOf(layer, network), 64 * macs, 64 * macs);
        return map => map with { Macs = macs, ExecutedMacs = executed, BitOps = bitOps };
    }

    private static void Add(
        List<MapFigures> maps, Dictionary<int, int> rows, QuantizedNetwork network, QuantizedLayer layer, Func<MapFigures, MapFigures> finish)
    {
        var tensor = network.Tensor(layer.Output);
        var sources = layer.Inputs.Where(rows.ContainsKey).Select(input => rows[input]).Distinct().ToImmutableArray();
        rows[layer.Output] = maps.Count;
        maps.Add(finish(new MapFigures(
            tensor.Name, layer.Operator, ShapeText(tensor.Shape), InStage: false, sources, ImmutableArray.Create(tensor.Quantizer.Bits))
        {
            WeightBits = (layer as ConvLayer)?.WeightBits,
            FlashBytes = layer.FlashBytes + ConstantBytes(network, layer),
        }));
    }

    private static PatchFigures Patches(QuantizedNetwork network, PatchStage stage, CompiledModel model)
    {
        var plans = stage.Branches.Select(branch => branch.Plan(stage.Grid, stage.Halo)).ToArray();
        var vdpc = model.Search.Vdpc is { } found && found.Outliers.Length == stage.Grid.Tiles ? found : null;
        var tiles = stage.Classes.Select((branch, tile) =>
        {
            var plan = plans[branch];
            var part = plan.Stage.Network;
            int row = tile / stage.Grid.Columns, column = tile % stage.Grid.Columns, input = part.Inputs[0].Tensor;
            return new TileFigures(
                branch,
                Share(new Region(plan.Rows.Cut(row), plan.Columns.Cut(column)), part.Tensor(plan.Stage.Split).Shape),
                Share(plan.Read(input, row, column), part.Tensor(input).Shape),
                vdpc?.Outliers[tile],
                vdpc?.Shares[tile]);
        });
        return new PatchFigures(
            network.Tensor(stage.Output).Name, stage.Grid, stage.Halo, stage.Branches.Length, stage.Classifier is not null, tiles.ToImmutableArray());
    }

    private static Fraction Share(Region region, Shape image) => new(
        (double)region.Rows.Begin / image[1], (double)region.Columns.Begin / image[2],
        (double)region.Rows.End / image[1], (double)region.Columns.End / image[2]);

    /// <summary>Without the batch axis, which is 1: "48x48x16".</summary>
    internal static string ShapeText(Shape shape)
    {
        var dimensions = shape.Rank > 1 && shape[0] == 1 ? shape.Dimensions.RemoveAt(0) : shape.Dimensions;
        return dimensions.Length == 0 ? "1" : string.Join("x", dimensions);
    }
}
