using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>
/// What tiles cost beside the multiply-accumulates that they execute, in multiply-accumulates. MobileNetV2 in 2, 4, 8 and 16 strips and in 4x4 tiles
/// on an emulated Cortex-M4 is what the numbers come from.
/// </summary>
internal static class TileOverhead
{
    /// <summary>A layer of a tile: its call, its halos, its setup.</summary>
    private const int PerCall = 3000;

    /// <summary>Pixels of a row that convolutions compute together.</summary>
    private const int Together = 4;

    /// <summary>Rows (and columns) more than it computes that a depthwise convolution takes for a tile.</summary>
    private const int DepthwiseStart = 2;

    public static long Of(PatchPlan plan) => plan.Stage.Layers.Sum(index => Of(plan, plan.Stage.Network, plan.Stage.Network.Layers[index]));

    private static long Of(PatchPlan plan, QuantizedNetwork network, QuantizedLayer layer)
    {
        var rows = Lengths(plan.Rows, layer.Output);
        var columns = Lengths(plan.Columns, layer.Output);
        long calls = (long)PerCall * rows.Count * columns.Count;
        if (layer is not ConvLayer conv)
            return calls;

        var shape = network.Tensor(layer.Output).Shape;
        long perPixel = layer.Macs(network) / Math.Max(1, shape[1] * shape[2]);
        long pixels = conv.IsDepthwise
            ? DepthwiseStart * (((rows.Count - 1L) * columns.Sum()) + ((columns.Count - 1L) * rows.Sum()))
            : (long)rows.Sum() * columns.Sum(length => (Together - (length % Together)) % Together);
        return calls + (perPixel * pixels);
    }

    /// <summary>Of the tiles that compute anything.</summary>
    private static List<int> Lengths(AxisPlan axis, int tensor) => Enumerable.Range(0, axis.Tiles)
        .Select(tile => axis.Computed(tensor, tile).Length).Where(length => length > 0).ToList();
}
