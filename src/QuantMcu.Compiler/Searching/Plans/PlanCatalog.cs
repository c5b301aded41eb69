using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>The patch plans of a network that a search compares: every split point, a choice of grids, both halo policies.</summary>
internal static class PlanCatalog
{
    /// <summary>
    /// Executed multiply-accumulates over those of layer by layer that a plan may cost where memory is all that is asked for. MCUNetV2 and QuantMCU
    /// report overheads of 8 to 17 %; beyond a quarter the next tensor to save is rarely worth it.
    /// </summary>
    public const double MacBound = 1.25;

    private static readonly int[] RowCounts = { 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64 };

    /// <summary>Every plan, shallow splits first.</summary>
    /// <param name="network">A network without patches.</param>
    /// <param name="grid">The only grid; null: strips of rows, down to one output row, and squares.</param>
    /// <param name="halo">The only policy; null: both.</param>
    /// <param name="cancellation">Looked at for every plan.</param>
    public static IEnumerable<PatchPlan> Of(QuantizedNetwork network, PatchGrid? grid, Halo? halo, CancellationToken cancellation)
    {
        foreach (var stage in SplitPoint.All(network))
        {
            var split = network.Tensor(stage.Split).Shape;
            var grids = (grid is { } only ? new[] { only } : Grids(split[1], split[2])).Where(cut => cut.Rows <= split[1] && cut.Columns <= split[2]);
            foreach (var policy in halo is { } one ? new[] { one } : new[] { Halo.Recompute, Halo.Cache })
            {
                var axes = new Dictionary<(int Axis, int Tiles), AxisPlan>();
                AxisPlan Axis(int axis, int tiles) => axes.TryGetValue((axis, tiles), out var known)
                    ? known
                    : axes[(axis, tiles)] = AxisPlan.Create(stage, axis, tiles, policy);

                foreach (var cut in grids)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new PatchPlan(stage, Axis(0, cut.Rows), Axis(1, cut.Columns), policy);
                }
            }
        }
    }

    /// <summary>Strips of rows, and grids of as many columns as rows.</summary>
    private static IEnumerable<PatchGrid> Grids(int height, int width)
    {
        foreach (int rows in RowCounts.Where(rows => rows < height).Append(height))
        {
            if (rows > 1)
                yield return new PatchGrid(rows, 1);
            if (rows > 1 && rows <= width && rows <= 16)
                yield return new PatchGrid(rows, rows);
        }
    }

    /// <summary>Multiply-accumulates of one inference, halos and tail included.</summary>
    public static long ExecutedMacs(PatchPlan plan) =>
        plan.ExecutedMacs + plan.Stage.Tail.Sum(layer => plan.Stage.Network.Layers[layer].Macs(plan.Stage.Network));

    /// <summary>The plans with what they cost, in their order.</summary>
    /// <param name="plans">Plans of one network.</param>
    /// <param name="bits">Bits of every tensor of it.</param>
    /// <param name="target">What they run on; where it is known, tiles have a price of their own.</param>
    public static IReadOnlyList<PricedPlan> Price(
        IEnumerable<PatchPlan> plans, IReadOnlyList<int> bits, Target target = Target.Generic) => plans.Select(plan =>
    {
        long macs = ExecutedMacs(plan);
        long effort = target == Target.Generic ? macs : macs + TileOverhead.Of(plan);
        return new PricedPlan(plan, macs, NetworkMemory.LowerBound(plan, bits)) { Effort = effort };
    }).ToList();

    /// <summary>Those that no other plan beats in both effort and bytes, cheapest first.</summary>
    public static IReadOnlyList<PricedPlan> Front(IEnumerable<PricedPlan> plans)
    {
        var front = new List<PricedPlan>();
        foreach (var plan in plans.OrderBy(plan => plan.Effort).ThenBy(plan => plan.Bytes))
        {
            if (front.Count == 0 || plan.Bytes < front[front.Count - 1].Bytes)
                front.Add(plan);
        }

        return front;
    }

    /// <summary>The smallest arena among plans within <see cref="MacBound"/> of layer by layer; where there is none, the fewest operations.</summary>
    public static PricedPlan? Smallest(IReadOnlyList<PricedPlan> plans, long layerwiseMacs)
    {
        var allowed = plans.Where(plan => plan.Effort <= MacBound * layerwiseMacs).ToList();
        return allowed.Count > 0
            ? allowed.OrderBy(plan => plan.Bytes).ThenBy(plan => plan.Effort).First()
            : plans.OrderBy(plan => plan.Effort).ThenBy(plan => plan.Bytes).FirstOrDefault();
    }
}

/// <summary>A patch plan and what it costs at the bits that were asked.</summary>
/// <param name="Macs">Executed in one inference, tail included.</param>
/// <param name="Bytes">Live at the peak: a bound that the arena reaches or misses narrowly.</param>
internal sealed record PricedPlan(PatchPlan Plan, long Macs, int Bytes)
{
    /// <summary>The same with what tiles cost beside them.</summary>
    public long Effort { get; init; } = Macs;

    public PatchGrid Grid => Plan.Grid;

    public PlanCandidate Candidate(double instructions, bool chosen) => new(
        Plan.Stage.Network.Tensor(Plan.Stage.Split).Name, Grid, Plan.Halo, Macs, Bytes, instructions, chosen);

    public override string ToString() => Grid + " patches of '" + Plan.Stage.Network.Tensor(Plan.Stage.Split).Name + "', halo "
        + (Plan.Halo == Halo.Cache ? "cached" : "recomputed");
}
