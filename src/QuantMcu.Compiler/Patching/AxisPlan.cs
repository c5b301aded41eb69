using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// One axis of a patch plan: for every tensor of the stage and every tile along the axis, what the tile computes and what it reads. Rows and
/// columns are planned alike and independently; a tile's region is their product.
/// </summary>
public sealed class AxisPlan
{
    private readonly Interval[] cuts;
    private readonly Dictionary<int, Interval[]> computed;
    private readonly Dictionary<int, Interval[]> read;

    private AxisPlan(Interval[] cuts, Dictionary<int, Interval[]> computed, Dictionary<int, Interval[]> read)
    {
        this.cuts = cuts;
        this.computed = computed;
        this.read = read;
    }

    public int Tiles => cuts.Length;

    /// <summary>The tile's part of the split tensor.</summary>
    public Interval Cut(int tile) => cuts[tile];

    /// <summary>What the tile computes of a tensor. With a cache, only what no earlier tile computed; it may be empty.</summary>
    public Interval Computed(int tensor, int tile) => computed[tensor][tile];

    /// <summary>What the tile's layers read of a tensor, inside the image. With a cache, it may begin before what the tile computes.</summary>
    public Interval Read(int tensor, int tile) => read[tensor][tile];

    /// <summary>Plans an axis.</summary>
    /// <param name="stage">The patch stage.</param>
    /// <param name="axis">0 = rows, 1 = columns.</param>
    /// <param name="tiles">Number of tiles, 1 .. size of the split tensor along the axis. Sizes differ by at most one.</param>
    /// <param name="halo">Whether a tile computes its halo again or finds it in a cache.</param>
    public static AxisPlan Create(SplitPoint stage, int axis, int tiles, Halo halo)
    {
        int size = stage.Network.Tensor(stage.Split).Shape[axis + 1];
        if (tiles < 1 || tiles > size)
            throw new ArgumentOutOfRangeException(nameof(tiles), tiles, "An axis of " + size + " is cut into 1 to " + size + " tiles.");

        var cuts = Enumerable.Range(0, tiles).Select(tile => Cut(size, tiles, tile)).ToArray();
        var computed = new Dictionary<int, Interval[]> { [stage.Split] = cuts };
        var read = new Dictionary<int, Interval[]> { [stage.Split] = cuts };
        foreach (int layer in stage.Layers.Reverse())
            ReadInputs(stage, stage.Network.Layers[layer], axis, halo, computed, read);

        return new AxisPlan(cuts, computed, read);
    }

    /// <summary>Layers come from the last to the first, so every consumer of an output has been seen when its own layer is.</summary>
    private static void ReadInputs(
        SplitPoint stage, QuantizedLayer layer, int axis, Halo halo, Dictionary<int, Interval[]> computed, Dictionary<int, Interval[]> read)
    {
        if (!computed.TryGetValue(layer.Output, out var outputs))
            computed[layer.Output] = outputs = Compute(read[layer.Output], halo);

        for (int input = 0; input < layer.Inputs.Length; input++)
        {
            var tensor = stage.Network.Tensor(layer.Inputs[input]);
            if (tensor.Constant is not null)
                continue;

            if (!read.TryGetValue(layer.Inputs[input], out var reads))
                read[layer.Inputs[input]] = reads = new Interval[outputs.Length];

            for (int tile = 0; tile < outputs.Length; tile++)
            {
                if (!outputs[tile].IsEmpty)
                    reads[tile] = reads[tile].Union(ReceptiveField.Of(layer, stage.Network, input, axis, outputs[tile]).Clip(tensor.Shape[axis + 1]));
            }
        }
    }

    private static Interval[] Compute(Interval[] reads, Halo halo)
    {
        if (halo == Halo.Recompute)
            return reads;

        var fresh = new Interval[reads.Length];
        int done = 0;
        for (int tile = 0; tile < reads.Length; tile++)
        {
            fresh[tile] = new Interval(Math.Max(reads[tile].Begin, done), reads[tile].End);
            done = Math.Max(done, reads[tile].End);
        }

        return fresh;
    }

    private static Interval Cut(int size, int tiles, int tile) =>
        new((int)((long)size * tile / tiles), (int)((long)size * (tile + 1) / tiles));
}
