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
using QuantMcu.Compiler.Searching.Output;

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
        var target = request.Options.Target == Target.Generic ? Target.CortexM4 : request.Options.Target;
        var maps = Maps(network, CostModel.For(target));
        return new NetworkReport(request.Name)
        {
            Maps = maps,
            InstructionsOn = target,
            Patches = network.Patches is { } patches ? Patches(network, patches, model) : null,
            Memory = new MemoryFigures(memory.Arena, MemoryChart.Steps(network, memory)),
            FusedLayers = network.Layers.OfType<FusedLayer>().Count(),
            FlashBytes = maps.Sum(map => map.FlashBytes),
            Search = model.Search,
            Options = OptionParser.Texts(request.Options),
        };
    }

    /// <summary>Inputs first, then layers in order of execution: the patch stage, then the tail.</summary>
    /// <param name="network">A quantized network.</param>
    /// <param name="costs">Predicts instructions; null: none are.</param>
    internal static ImmutableArray<MapFigures> Maps(QuantizedNetwork network, CostModel? costs = null)
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
            AddStage(stage, maps, costs);
            rows[stage.Output] = maps.Count - 1;
        }

        foreach (var layer in network.Layers)
        {
            if (layer is FusedLayer fused)
                AddFused(fused, maps, rows, costs);
            else
                Add(maps, rows, network, layer, InTail(network, layer, costs));
        }

        return maps.ToImmutableArray();
    }

    /// <summary>Adds the layers that are fused, one by one.</summary>
    private static void AddFused(FusedLayer fused, List<MapFigures> maps, Dictionary<int, int> rows, CostModel? costs)
    {
        var (part, plan) = (fused.Branch.Network, fused.Branch.Plan(fused.Grid, fused.Halo));
        var inner = part.Inputs.Select((port, i) => (port.Tensor, Source: fused.Inputs[i])).Where(pair => rows.ContainsKey(pair.Source))
            .ToDictionary(pair => pair.Tensor, pair => rows[pair.Source]);
        foreach (var layer in part.Layers)
        {
            long macs = layer.Macs(part), executed = plan.MacsOf(layer);
            var bitOps = new BitOpsFigures(executed * NetworkCost.BitsPerMac(layer, part), 64 * macs, 64 * macs);
            double? instructions = Instructions(new[] { new Execution(layer, part, executed) }, costs);
            Add(maps, inner, part, layer, map => map with { Fused = true, Macs = macs, ExecutedMacs = executed, BitOps = bitOps, Instructions = instructions });
        }

        rows[fused.Output] = maps.Count - 1;
    }

    private static MapFigures Input(QuantizedNetwork network, NetworkPort port)
    {
        var tensor = network.Tensor(port.Tensor);
        return new MapFigures(
            tensor.Name, "Input", ShapeText(tensor.Shape), InStage: false, ImmutableArray<int>.Empty, ImmutableArray.Create(tensor.Quantizer.CodeBits));
    }

    /// <summary>Adds the layers of the stage, the split tensor last.</summary>
    private static void AddStage(PatchStage stage, List<MapFigures> maps, CostModel? costs)
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
            var executions = Executions(stage, plans, i).ToArray();
            Add(maps, rows, first, layer, map => map with
            {
                InStage = true,
                Bits = stage.Branches.Select(branch => branch.Network.Tensor(branch.Network.Layers[i].Output).Quantizer.CodeBits).ToImmutableArray(),
                Macs = macs,
                ExecutedMacs = plans[0].MacsOf(layer),
                FlashBytes = FlashBytes(stage, i) + ConstantBytes(first, layer),
                BitOps = new BitOpsFigures(executions.Sum(BitOps), 64 * baseline.MacsOf(layer), 64 * macs),
                Instructions = Instructions(executions, costs),
            });
        }
    }

    /// <summary>A layer on all tiles, each at the bit widths of its class.</summary>
    private static IEnumerable<Execution> Executions(PatchStage stage, PatchPlan[] plans, int layer)
    {
        for (int tile = 0; tile < stage.Classes.Length; tile++)
        {
            int branch = stage.Classes[tile];
            var network = stage.Branches[branch].Network;
            long macs = plans[branch].MacsOf(network.Layers[layer], tile / stage.Grid.Columns, tile % stage.Grid.Columns);
            yield return new Execution(network.Layers[layer], network, macs);
        }
    }

    private static long BitOps(Execution execution) => execution.Macs * NetworkCost.BitsPerMac(execution.Layer, execution.Network);

    /// <summary>Of convolutions; null where none was executed or no costs are known.</summary>
    private static double? Instructions(IEnumerable<Execution> executions, CostModel? costs)
    {
        var convolutions = executions.Where(execution => execution.Layer is ConvLayer).ToArray();
        return costs is null || convolutions.Length == 0 ? null : convolutions.Sum(execution =>
        {
            var conv = (ConvLayer)execution.Layer;
            return costs.Of(conv, execution.Macs, execution.Network.Tensor(conv.Inputs[0]).Quantizer.CodeBits, conv.WeightCodeBits);
        });
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

    private static Func<MapFigures, MapFigures> InTail(QuantizedNetwork network, QuantizedLayer layer, CostModel? costs)
    {
        long macs = layer.Macs(network);
        var bitOps = new BitOpsFigures(macs * NetworkCost.BitsPerMac(layer, network), 64 * macs, 64 * macs);
        double? instructions = Instructions(new[] { new Execution(layer, network, macs) }, costs);
        return map => map with { Macs = macs, ExecutedMacs = macs, BitOps = bitOps, Instructions = instructions };
    }

    private static void Add(
        List<MapFigures> maps, Dictionary<int, int> rows, QuantizedNetwork network, QuantizedLayer layer, Func<MapFigures, MapFigures> finish)
    {
        var tensor = network.Tensor(layer.Output);
        var sources = layer.Inputs.Where(rows.ContainsKey).Select(input => rows[input]).Distinct().ToImmutableArray();
        rows[layer.Output] = maps.Count;
        maps.Add(finish(new MapFigures(
            tensor.Name, layer.Operator, ShapeText(tensor.Shape), InStage: false, sources, ImmutableArray.Create(tensor.Quantizer.CodeBits))
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

    /// <param name="Macs">What it executes of the layer.</param>
    private sealed record Execution(QuantizedLayer Layer, QuantizedNetwork Network, long Macs);
}
