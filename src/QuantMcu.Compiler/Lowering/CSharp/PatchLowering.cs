using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Turns a patch stage into the steps of a tile and the extents by which tiles differ.</summary>
internal static class PatchLowering
{
    public static PatchProgram Lower(
        QuantizedNetwork network,
        NetworkMemoryPlan memory,
        ConstantTable constants,
        Func<LayerContext, Step?> lower,
        CancellationToken cancellation)
    {
        var stage = network.Patches!;
        var branches = stage.Branches.Select((branch, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var split = memory.Tensors[stage.Output];
            return new BranchLowering(
                branch.Network, memory.Branches[i], input => new Storage(StorageKind.Input, input), split, constants, lower).Lower();
        });
        string title = StepTitle.Map(network.Tensor(stage.Output));
        return new PatchProgram(title, stage.Grid, stage.Halo, branches.ToImmutableArray(), stage.Classes, Outliers(network, stage, memory));
    }

    private static OutlierTest? Outliers(QuantizedNetwork network, PatchStage stage, NetworkMemoryPlan memory)
    {
        if (stage.Classifier is not { } classifier)
            return null;

        var port = network.Inputs[classifier.Input];
        var shape = network.Tensor(port.Tensor).Shape;
        var plan = memory.Branches[0].Plan;
        int tensor = stage.Branches[0].Network.Inputs[classifier.Input].Tensor;
        return new OutlierTest(
            classifier.Input, port.Signed, classifier.Low, classifier.High, shape[2] * shape[3], shape[3],
            BranchLowering.Reads(plan.Rows, tensor), BranchLowering.Reads(plan.Columns, tensor));
    }
}

/// <summary>Lowers one branch, of a patch stage or of a fused layer.</summary>
internal sealed class BranchLowering
{
    private readonly QuantizedNetwork network;
    private readonly BranchMemory memory;
    private readonly Func<int, Storage> inputs;
    private readonly Storage split;
    private readonly ConstantTable constants;
    private readonly Func<LayerContext, Step?> lower;

    /// <summary>Tensors that are maps, in the order in which a tile opens them.</summary>
    private readonly int[] maps;

    /// <param name="network">The layers of the branch.</param>
    /// <param name="memory">Its buffers.</param>
    /// <param name="inputs">Where an input of the branch is, by position.</param>
    /// <param name="split">Where its output is, whole.</param>
    /// <param name="constants">Takes the constants that it reads.</param>
    /// <param name="lower">Turns a layer into a step.</param>
    public BranchLowering(
        QuantizedNetwork network,
        BranchMemory memory,
        Func<int, Storage> inputs,
        Storage split,
        ConstantTable constants,
        Func<LayerContext, Step?> lower)
    {
        this.network = network;
        this.memory = memory;
        this.inputs = inputs;
        this.split = split;
        this.constants = constants;
        this.lower = lower;
        maps = network.Inputs.Select(port => port.Tensor).Where(tensor => memory.Tensors[tensor].Kind == BranchTensorKind.Patch)
            .Concat(network.Layers.Select(layer => layer.Output)).Distinct().ToArray();
    }

    public BranchProgram Lower()
    {
        var steps = ImmutableArray.CreateBuilder<TileStep>();
        for (int input = 0; input < network.Inputs.Length; input++)
        {
            int tensor = network.Inputs[input].Tensor;
            if (memory.Tensors[tensor].Kind == BranchTensorKind.Patch)
                steps.Add(new TileStep(OffsetStep.ImportRegion(network, input, Storage(tensor), Pitch(tensor)), [-1], Map(tensor)));
        }

        foreach (var layer in network.Layers)
        {
            var step = new LayerContext(network, Storage, layer, lower, Pitch).Step()
                ?? throw new NotSupportedException("No regions of " + layer.GetType().Name + ".");
            steps.Add(new TileStep(step, layer.Inputs.Select(Map).ToImmutableArray(), Map(layer.Output)));
        }

        return new BranchProgram(maps.Select(TileMap).ToImmutableArray(), steps.ToImmutable());
    }

    /// <summary>What a tile reads of an input.</summary>
    public static ImmutableArray<TileExtent> Reads(AxisPlan axis, int tensor) => Enumerable.Range(0, axis.Tiles)
        .Select(tile => axis.Read(tensor, tile)).Select(read => new TileExtent(read.Begin, read.Begin, read.End, read.End)).ToImmutableArray();

    private int Map(int tensor) => Array.IndexOf(maps, tensor);

    private Storage Storage(int tensor) => memory.Tensors[tensor].Kind switch
    {
        BranchTensorKind.Constant => constants.Of(network.Tensor(tensor)),
        BranchTensorKind.Input => inputs(network.Inputs.IndexOf(network.Inputs.First(port => port.Tensor == tensor))),
        BranchTensorKind.Split => split,
        _ => new Storage(StorageKind.Arena, memory.Tensors[tensor].Buffer),
    };

    private int Pitch(int tensor)
    {
        var place = memory.Tensors[tensor];
        return checked((place.Kind == BranchTensorKind.Patch ? place.Columns : network.Tensor(tensor).Shape[2]) * place.PixelBytes);
    }

    private TileMap TileMap(int tensor)
    {
        var place = memory.Tensors[tensor];
        int width = network.Tensor(tensor).Shape[2];
        return new TileMap(Title(tensor), Storage(tensor), Pitch(tensor), place.PixelBytes, Extents(memory.Plan.Rows, tensor), Extents(memory.Plan.Columns, tensor))
        {
            RowCache = Cache(place.RowCache, width * place.PixelBytes),
            ColumnCache = Cache(place.ColumnCache, place.ColumnCacheColumns * place.PixelBytes),
        };
    }

    private static HaloCache? Cache(int buffer, int pitch) =>
        buffer < 0 ? null : new HaloCache(new Storage(StorageKind.Arena, buffer), pitch);

    private string Title(int tensor)
    {
        var place = memory.Tensors[tensor];
        string map = StepTitle.Map(network.Tensor(tensor)) + ", ";
        if (place.Kind == BranchTensorKind.Split)
            return map + "stored whole";

        string halo = place.RowCache < 0 ? "" : Number(place.RowCacheRows) + " rows";
        if (place.ColumnCache >= 0)
            halo += (halo.Length == 0 ? "" : " and ") + Number(place.ColumnCacheColumns) + " columns";

        return map + Number(place.Rows) + "x" + Number(place.Columns) + " pixels at a time" + (halo.Length == 0 ? "" : "; halo of " + halo);
    }

    private ImmutableArray<TileExtent> Extents(AxisPlan axis, int tensor) =>
        Enumerable.Range(0, axis.Tiles).Select(tile => Extent(axis, tensor, tile)).ToImmutableArray();

    private TileExtent Extent(AxisPlan axis, int tensor, int tile)
    {
        if (memory.Tensors[tensor].Kind == BranchTensorKind.Split)
        {
            var cut = axis.Computed(tensor, tile);
            return new TileExtent(0, cut.Begin, cut.End, cut.End);
        }

        var held = axis.Held(tensor, tile);
        if (network.Inputs.Any(port => port.Tensor == tensor))
            return new TileExtent(held.Begin, held.Begin, held.End, held.End);

        var halo = tile + 1 < axis.Tiles ? axis.Halo(tensor, tile + 1) : default;
        return new TileExtent(held.Begin, axis.Computed(tensor, tile).Begin, held.End, halo.IsEmpty ? held.End : halo.Begin);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
