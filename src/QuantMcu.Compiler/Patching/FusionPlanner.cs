using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// Chooses which layers to fuse and which channels to slice so that the arena becomes small enough, or as small as it gets, without executing a
/// multiplication twice: exact over all ways to cut a network at its bottlenecks, for the grids that are tried.
/// </summary>
public sealed class FusionPlanner
{
    /// <summary>Tiles along an axis: all of these, and the most that there can be.</summary>
    private static readonly int[] Counts = { 1, 2, 4, 8, 12, 16, 24, 32 };

    private const int MostAttempts = 4;

    private readonly QuantizedNetwork network;
    private readonly TensorStorage storage;
    private readonly ImmutableArray<Bottleneck> bottlenecks;
    private readonly int[] liveBytes;
    private readonly int[] thinBytes;
    private readonly CancellationToken cancellation;

    private FusionPlanner(QuantizedNetwork network, CancellationToken cancellation)
    {
        this.network = network;
        this.cancellation = cancellation;
        storage = new TensorStorage(network);
        bottlenecks = Bottleneck.Of(network);
        liveBytes = NetworkMemory.LiveBytes(network);
        thinBytes = ChannelSlicing.ThinnestLiveBytes(network, liveBytes);
    }

    /// <summary>Fuses layers of a network, of its tail if it has a patch stage.</summary>
    /// <inheritdoc cref="Plan"/>
    public static QuantizedNetwork Run(QuantizedNetwork network, int budget, CancellationToken cancellation) =>
        Plan(network, budget, cancellation).Apply(network);

    /// <summary>
    /// What to fuse of a network, of its tail if it has a patch stage. Layers that begin with the network's input become a patch stage.
    /// </summary>
    /// <param name="network">Without fused layers.</param>
    /// <param name="budget">Bytes; no more is done than it takes. 0 for the smallest arena.</param>
    /// <param name="cancellation">Looked at for every pair of bottlenecks.</param>
    public static ExecutionPlan Plan(QuantizedNetwork network, int budget, CancellationToken cancellation)
    {
        var planner = new FusionPlanner(network, cancellation);
        var plan = planner.Choose(budget);
        int bytes = NetworkMemory.Plan(plan.Apply(network), cancellation).TotalBytes;

        // Buffers may not fit together without gaps: aim lower.
        for (int i = 0, aim = budget; i < MostAttempts && bytes > budget && aim > 0; i++)
        {
            aim = Math.Max(0, aim - (bytes - budget));
            var other = planner.Choose(aim);
            int otherBytes = NetworkMemory.Plan(other.Apply(network), cancellation).TotalBytes;
            (plan, bytes) = otherBytes < bytes ? (other, otherBytes) : (plan, bytes);
        }

        return plan;
    }

    private ExecutionPlan Choose(int budget)
    {
        var slices = ChannelSlicing.Fit(network, budget, liveBytes);
        if (bottlenecks.Length < 2)
            return ExecutionPlan.LayerByLayer with { Slices = slices };

        var best = Search(budget);
        var chosen = new List<LayerFusion>();
        for (int to = bottlenecks.Length - 1; best[to].Previous >= 0; to = best[to].Previous)
        {
            if (best[to].Fusion is { } fusion)
                chosen.Insert(0, fusion);
        }

        int limit = Math.Max(budget, best[best.Length - 1].Bytes);
        var stage = chosen.Count > 0 && chosen[0].From.IsStart(network) ? chosen[0] : null;
        return new ExecutionPlan(
            stage is null ? null : new PatchPlan(SplitPoint.EndingAt(network, stage.To.Tensor)!, Coarsest(stage, limit).Grid, Halo.Cache),
            chosen.Where(fusion => fusion != stage).Select(fusion => new PlannedFusion(fusion, Coarsest(fusion, limit))).ToImmutableArray(),
            slices);
    }

    /// <summary>
    /// For every bottleneck the way to reach it with the smallest peak, of those the one that fuses the fewest layers. Peaks within the budget are alike.
    /// </summary>
    private Way[] Search(int budget)
    {
        var best = new Way[bottlenecks.Length];
        best[0] = new Way(-1, budget, 0, null);
        for (int to = 1; to < best.Length; to++)
        {
            best[to] = new Way(to - 1, Math.Max(best[to - 1].Bytes, LayerByLayer(to - 1, to)), best[to - 1].Fused, null);
            for (int from = to - 1; from >= 0; from--)
            {
                cancellation.ThrowIfCancellationRequested();
                int ends = BytesOf(bottlenecks[from]) + BytesOf(bottlenecks[to]);
                if (Math.Max(best[from].Bytes, ends) > best[to].Bytes || LayerFusion.Between(network, bottlenecks[from], bottlenecks[to]) is not { } fusion)
                    continue;

                int bytes = Math.Max(best[from].Bytes, Plans(fusion).Min(plan => Peak(fusion, plan)));
                var way = new Way(from, bytes, best[from].Fused + bottlenecks[to].Layer - bottlenecks[from].Layer, fusion);
                if (way.Bytes < best[to].Bytes || (way.Bytes == best[to].Bytes && way.Fused < best[to].Fused))
                    best[to] = way;
            }
        }

        return best;
    }

    private int LayerByLayer(int from, int to) =>
        Enumerable.Range(bottlenecks[from].Layer, bottlenecks[to].Layer - bottlenecks[from].Layer).Max(layer => thinBytes[layer]);

    /// <summary>Strips of rows and grids of as many columns as rows, coarse to fine.</summary>
    private static IEnumerable<PatchPlan> Plans(LayerFusion fusion)
    {
        var rows = Axes(fusion, 0);
        var columns = Axes(fusion, 1);
        for (int i = 0; i < Math.Max(rows.Length, columns.Length); i++)
        {
            var row = rows[Math.Min(i, rows.Length - 1)];
            yield return new PatchPlan(fusion.Stage, row, columns[0], Halo.Cache);
            if (columns.Length > 1 && i > 0)
                yield return new PatchPlan(fusion.Stage, row, columns[Math.Min(i, columns.Length - 1)], Halo.Cache);
        }
    }

    private static AxisPlan[] Axes(LayerFusion fusion, int axis)
    {
        int most = AxisPlan.MostTiles(fusion.Stage, axis, Halo.Cache);
        return Counts.Where(count => count < most).Append(most).Select(count => AxisPlan.Create(fusion.Stage, axis, count, Halo.Cache)).ToArray();
    }

    private PatchPlan Coarsest(LayerFusion fusion, int limit) =>
        Plans(fusion).Where(plan => Peak(fusion, plan) <= limit).OrderBy(plan => plan.Grid.Tiles).First();

    /// <summary>Both ends are whole while the tiles run, but for the caller's input.</summary>
    private int Peak(LayerFusion fusion, PatchPlan plan) =>
        NetworkMemory.LowerBound(plan, MemoryPart.BitsOf(fusion.Stage.Network)) + BytesOf(fusion.From) + BytesOf(fusion.To);

    /// <summary>Bytes in the arena, aligned.</summary>
    private int BytesOf(Bottleneck bottleneck)
    {
        int bytes = storage.Of(bottleneck.Tensor).Kind == StorageKind.Arena && !bottleneck.IsStart(network) ? network.Tensor(bottleneck.Tensor).Bytes : 0;
        return (bytes + NetworkMemory.Alignment - 1) / NetworkMemory.Alignment * NetworkMemory.Alignment;
    }

    /// <param name="Previous">The bottleneck before.</param>
    /// <param name="Bytes">Of the arena, up to here.</param>
    /// <param name="Fused">Layers fused, up to here.</param>
    /// <param name="Fusion">The layers since the bottleneck before; null: one by one.</param>
    private sealed record Way(int Previous, int Bytes, int Fused, LayerFusion? Fusion);
}
