using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Where the tensors of a branch are, and what a tile has of them, for every back end that runs tile by tile.</summary>
internal sealed class BranchMaps
{
    private readonly QuantizedNetwork network;
    private readonly BranchMemory memory;
    private readonly Func<int, Storage> inputs;
    private readonly Storage split;
    private readonly ConstantTable constants;

    /// <summary>Tensors that are maps, in the order in which a tile opens them.</summary>
    private readonly int[] maps;

    /// <param name="network">The layers of the branch.</param>
    /// <param name="memory">Its buffers.</param>
    /// <param name="inputs">Where an input of the branch is, by position.</param>
    /// <param name="split">Where its output is, whole.</param>
    /// <param name="constants">Takes the constants that it reads.</param>
    public BranchMaps(QuantizedNetwork network, BranchMemory memory, Func<int, Storage> inputs, Storage split, ConstantTable constants)
    {
        this.network = network;
        this.memory = memory;
        this.inputs = inputs;
        this.split = split;
        this.constants = constants;
        maps = network.Inputs.Select(port => port.Tensor).Where(IsPatch).Concat(network.Layers.Select(layer => layer.Output)).Distinct().ToArray();
    }

    /// <summary>All maps.</summary>
    public ImmutableArray<TileMap> All => maps.Select(MapOf).ToImmutableArray();

    /// <summary>What a tile reads of an input.</summary>
    public static ImmutableArray<TileExtent> Reads(AxisPlan axis, int tensor) => Enumerable.Range(0, axis.Tiles)
        .Select(tile => axis.Read(tensor, tile)).Select(read => new TileExtent(read.Begin, read.Begin, read.End, read.End)).ToImmutableArray();

    /// <summary>Whether a tile has a region of a tensor in a buffer of its own.</summary>
    public bool IsPatch(int tensor) => memory.Tensors[tensor].Kind == BranchTensorKind.Patch;

    /// <summary>Index of a tensor's map, or -1: it is whole.</summary>
    public int IndexOf(int tensor) => Array.IndexOf(maps, tensor);

    /// <summary>Where an input of the branch is, by position.</summary>
    public Storage Input(int input) => inputs(input);

    /// <summary>Where a tensor is.</summary>
    public Storage PlaceOf(int tensor) => memory.Tensors[tensor].Kind switch
    {
        BranchTensorKind.Constant => constants.Of(network.Tensor(tensor)),
        BranchTensorKind.Input => inputs(network.Inputs.IndexOf(network.Inputs.First(port => port.Tensor == tensor))),
        BranchTensorKind.Split => split,
        _ => new Storage(StorageKind.Arena, memory.Tensors[tensor].Buffer),
    };

    /// <summary>Bytes from row to row.</summary>
    public int PitchOf(int tensor)
    {
        var place = memory.Tensors[tensor];
        return checked((IsPatch(tensor) ? place.Columns : network.Tensor(tensor).Shape[2]) * place.PixelBytes);
    }

    /// <summary>What tiles have of a tensor.</summary>
    public TileMap MapOf(int tensor)
    {
        var place = memory.Tensors[tensor];
        int width = network.Tensor(tensor).Shape[2];
        return new TileMap(
            Title(tensor), PlaceOf(tensor), PitchOf(tensor), place.PixelBytes, Extents(memory.Plan.Rows, tensor), Extents(memory.Plan.Columns, tensor))
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
