using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>A patch stage cut into Rows.Tiles x Columns.Tiles tiles, computed in raster order.</summary>
public sealed class PatchPlan
{
    public PatchPlan(SplitPoint stage, int rows, int columns, Halo halo)
    {
        Stage = stage;
        Halo = halo;
        Rows = AxisPlan.Create(stage, 0, rows, halo);
        Columns = AxisPlan.Create(stage, 1, columns, halo);
    }

    public SplitPoint Stage { get; }

    public Halo Halo { get; }

    public AxisPlan Rows { get; }

    public AxisPlan Columns { get; }

    /// <summary>What tile (row, column) computes of a tensor of the stage.</summary>
    public Region Computed(int tensor, int row, int column) => new(Rows.Computed(tensor, row), Columns.Computed(tensor, column));

    /// <summary>What tile (row, column) reads of a tensor.</summary>
    public Region Read(int tensor, int row, int column) => new(Rows.Read(tensor, row), Columns.Read(tensor, column));

    /// <summary>Multiply-accumulates that the stage executes for one inference, halos included.</summary>
    public long ExecutedMacs => Stage.Layers.Sum(index =>
    {
        var layer = Stage.Network.Layers[index];
        var shape = Stage.Network.Tensor(layer.Output).Shape;
        long perPixel = layer.Macs(Stage.Network) / ((long)shape[1] * shape[2]);
        return perPixel * Total(Rows, layer) * Total(Columns, layer);
    });

    private static long Total(AxisPlan axis, QuantizedLayer layer) =>
        Enumerable.Range(0, axis.Tiles).Sum(tile => (long)axis.Computed(layer.Output, tile).Length);
}
