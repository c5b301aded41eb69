using System;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>A patch stage cut into Rows.Tiles x Columns.Tiles tiles, computed in raster order.</summary>
public sealed class PatchPlan
{
    public PatchPlan(SplitPoint stage, PatchGrid grid, Halo halo)
        : this(stage, AxisPlan.Create(stage, 0, grid.Rows, halo), AxisPlan.Create(stage, 1, grid.Columns, halo), halo)
    {
    }

    /// <summary>Puts a plan together from its axes, which a search may share between plans.</summary>
    /// <param name="stage">What both axes were planned for.</param>
    /// <param name="rows">Plan of axis 0.</param>
    /// <param name="columns">Plan of axis 1.</param>
    /// <param name="halo">What both axes were planned with.</param>
    public PatchPlan(SplitPoint stage, AxisPlan rows, AxisPlan columns, Halo halo)
    {
        Stage = stage;
        Rows = rows;
        Columns = columns;
        Halo = halo;
    }

    public SplitPoint Stage { get; }

    public Halo Halo { get; }

    public AxisPlan Rows { get; }

    public AxisPlan Columns { get; }

    /// <summary>The finest grid that a stage can be cut by. With a cache it has more tiles than the split tensor has pixels.</summary>
    public static PatchGrid Finest(SplitPoint stage, Halo halo) => new(AxisPlan.MostTiles(stage, 0, halo), AxisPlan.MostTiles(stage, 1, halo));

    public PatchGrid Grid => new(Rows.Tiles, Columns.Tiles);

    /// <summary>What tile (row, column) computes of a tensor of the stage; it may be empty.</summary>
    public Region Computed(int tensor, int row, int column) => new(Rows.Computed(tensor, row), Columns.Computed(tensor, column));

    /// <summary>What tile (row, column) reads of a tensor.</summary>
    public Region Read(int tensor, int row, int column) => new(Rows.Read(tensor, row), Columns.Read(tensor, column));

    /// <summary>What tile (row, column) has at hand of a tensor: halos, then what it computes. It is what the tensor's patch buffer holds.</summary>
    public Region Held(int tensor, int row, int column) => new(Rows.Held(tensor, row), Columns.Held(tensor, column));

    /// <summary>Multiply-accumulates that the stage executes for one inference, halos included.</summary>
    public long ExecutedMacs => Stage.Layers.Sum(index => MacsOf(Stage.Network.Layers[index]));

    /// <summary>Multiply-accumulates that all tiles together execute of one layer of the stage.</summary>
    public long MacsOf(QuantizedLayer layer) =>
        MacsPerPixel(layer) * Rows.TotalComputed(layer.Output) * Columns.TotalComputed(layer.Output);

    /// <summary>Multiply-accumulates that one tile executes of one layer of the stage.</summary>
    public long MacsOf(QuantizedLayer layer, int row, int column) => MacsPerPixel(layer) * Computed(layer.Output, row, column).Pixels;

    private long MacsPerPixel(QuantizedLayer layer)
    {
        var shape = Stage.Network.Tensor(layer.Output).Shape;
        return layer.Macs(Stage.Network) / Math.Max(1L, (long)shape[1] * shape[2]);
    }
}
