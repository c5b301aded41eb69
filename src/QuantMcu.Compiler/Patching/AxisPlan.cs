using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// One axis of a patch plan: for every tensor of the stage and every tile along the axis, what the tile computes, what it reads and what it
/// has at hand. Rows and columns are planned alike and independently; a tile's region is their product.
/// </summary>
/// <remarks>
/// With a cache, tiles need not end with the split tensor: the first of them compute ahead what its first rows will need, so that no tile has more
/// to do than the others. Such a tile's part of the split tensor is empty.
/// </remarks>
public sealed class AxisPlan
{
    private readonly int[] sizes;
    private readonly Interval[] cuts;
    private readonly Dictionary<int, Interval[]> computed = new();
    private readonly Dictionary<int, Interval[]> held = new();
    private readonly Dictionary<int, Interval[]> read = new();

    private AxisPlan(SplitPoint stage, int axis, Interval[] cuts)
    {
        sizes = stage.Network.Tensors.Select(tensor => tensor.Shape.Rank == 4 ? tensor.Shape[axis + 1] : 0).ToArray();
        this.cuts = cuts;
    }

    public int Tiles => cuts.Length;

    /// <summary>The tile's part of the split tensor; with a cache it may be empty.</summary>
    public Interval Cut(int tile) => cuts[tile];

    /// <summary>
    /// What the tile computes of a tensor (of an input: nothing). With a cache, only what no earlier tile computed: the end of
    /// <see cref="Held"/>; it may be empty.
    /// </summary>
    public Interval Computed(int tensor, int tile) => computed.TryGetValue(tensor, out var tiles) ? tiles[tile] : default;

    /// <summary>What the tile's layers read of a tensor, inside the image and inside <see cref="Held"/>; empty where they read nothing.</summary>
    public Interval Read(int tensor, int tile) => read.TryGetValue(tensor, out var tiles) ? tiles[tile] : default;

    /// <summary>
    /// What the tile has at hand of a tensor once it computed its part: the halo that earlier tiles left, then what it computes. With a cache
    /// it holds all that any later tile reads of what exists by then. Of an input of the network it is what the tile reads: inputs are there.
    /// </summary>
    public Interval Held(int tensor, int tile) => held.TryGetValue(tensor, out var tiles) ? tiles[tile] : Read(tensor, tile);

    /// <summary>The part of <see cref="Held"/> that earlier tiles computed; empty when recomputing.</summary>
    public Interval Halo(int tensor, int tile) =>
        held.ContainsKey(tensor) ? new Interval(Held(tensor, tile).Begin, Computed(tensor, tile).Begin) : default;

    /// <summary>Length of the longest interval that any tile holds of a tensor.</summary>
    public int MostHeld(int tensor) => Most(tile => Held(tensor, tile));

    /// <summary>Length of the longest halo of a tensor.</summary>
    public int MostHalo(int tensor) => Most(tile => Halo(tensor, tile));

    /// <summary>Lengths of what all tiles compute of a tensor, added up.</summary>
    public long TotalComputed(int tensor) => computed[tensor].Sum(interval => (long)interval.Length);

    /// <summary>The most tiles that an axis can be cut into.</summary>
    public static int MostTiles(SplitPoint stage, int axis, Halo halo) => stage.Network.Tensor(stage.Split).Shape[axis + 1]
        + (halo == QuantMcu.Halo.Cache ? new AxisDemand(stage, axis).Lead : 0);

    /// <summary>Plans an axis.</summary>
    /// <param name="stage">The patch stage.</param>
    /// <param name="axis">0 = rows, 1 = columns.</param>
    /// <param name="tiles">Number of tiles, 1 .. <see cref="MostTiles"/>. Of the split tensor and its lead, their sizes differ by at most one.</param>
    /// <param name="halo">Whether a tile computes its halo again or finds it in a cache.</param>
    public static AxisPlan Create(SplitPoint stage, int axis, int tiles, Halo halo)
    {
        int size = stage.Network.Tensor(stage.Split).Shape[axis + 1];
        var demand = halo == QuantMcu.Halo.Cache ? new AxisDemand(stage, axis) : null;
        int lead = demand?.Lead ?? 0;
        if (tiles < 1 || tiles > size + lead)
            throw new ArgumentOutOfRangeException(nameof(tiles), tiles, "This axis is cut into 1 to " + (size + lead) + " tiles.");

        int[] ends = Enumerable.Range(1, tiles).Select(tile => (int)((long)(size + lead) * tile / tiles) - lead).ToArray();
        var cuts = ends.Select((end, tile) => new Interval(tile == 0 ? 0 : Math.Max(0, ends[tile - 1]), Math.Max(0, end))).ToArray();
        var plan = new AxisPlan(stage, axis, cuts);
        plan.read[stage.Split] = cuts;

        // From the last layer to the first, so that every reader of an output has been seen when its own layer is.
        var ahead = demand is null ? null : ends.Select(demand.At).ToArray();
        foreach (int layer in stage.Layers.Reverse())
        {
            plan.Compute(stage.Network.Layers[layer].Output, ahead);
            plan.ReadInputs(stage, stage.Network.Layers[layer], axis);
        }

        return plan;
    }

    /// <summary>With a cache, what is demanded ahead is given by tile and tensor.</summary>
    private void Compute(int tensor, int[][]? ahead)
    {
        var reads = Reads(tensor);
        computed[tensor] = reads;
        held[tensor] = reads;
        if (ahead is not null)
            Cache(tensor, reads, ahead);
    }

    /// <summary>
    /// Tiles may skip a tensor, and of readers that differ one may lag behind another: so a tile holds on to all that a later one reads, and
    /// begins with the first that a later one will miss.
    /// </summary>
    private void Cache(int tensor, Interval[] reads, int[][] ahead)
    {
        int[] keep = FirstReadFromHereOn(reads, sizes[tensor]);
        var fresh = new Interval[reads.Length];
        var whole = new Interval[reads.Length];
        int done = 0;
        for (int tile = 0; tile < reads.Length; tile++)
        {
            int needed = Math.Max(reads[tile].IsEmpty ? 0 : reads[tile].End, ahead[tile][tensor]);
            int end = Math.Max(done, needed);
            fresh[tile] = new Interval(Math.Min(Math.Max(done, keep[tile]), end), end);
            whole[tile] = new Interval(Math.Min(keep[tile], fresh[tile].Begin), end);
            done = end;
        }

        computed[tensor] = fresh;
        held[tensor] = whole;
    }

    private static int[] FirstReadFromHereOn(Interval[] reads, int size)
    {
        var first = new int[reads.Length];
        int next = size;
        for (int tile = reads.Length - 1; tile >= 0; tile--)
            first[tile] = next = reads[tile].IsEmpty ? next : Math.Min(next, reads[tile].Begin);

        return first;
    }

    private void ReadInputs(SplitPoint stage, QuantizedLayer layer, int axis)
    {
        var outputs = computed[layer.Output];
        for (int input = 0; input < layer.Inputs.Length; input++)
        {
            int tensor = layer.Inputs[input];
            if (stage.Network.Tensor(tensor).Constant is not null)
                continue;

            var reads = Reads(tensor);
            for (int tile = 0; tile < outputs.Length; tile++)
            {
                if (!outputs[tile].IsEmpty)
                    reads[tile] = reads[tile].Union(ReceptiveField.Of(layer, stage.Network, input, axis, outputs[tile]).Clip(sizes[tensor]));
            }
        }
    }

    private Interval[] Reads(int tensor)
    {
        if (!read.TryGetValue(tensor, out var reads))
            read[tensor] = reads = new Interval[Tiles];

        return reads;
    }

    private int Most(Func<int, Interval> interval)
    {
        int most = 0;
        for (int tile = 0; tile < Tiles; tile++)
            most = Math.Max(most, interval(tile).Length);

        return most;
    }
}
