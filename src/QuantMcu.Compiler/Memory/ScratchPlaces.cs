using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// Finds room in an arena for what a kernel needs while it runs. The buffers keep their places, and scratch lies in the lowest gap between those that are
/// live at its step, or behind them; only where that makes the arena larger than it must be, everything is planned anew.
/// </summary>
internal static class ScratchPlaces
{
    /// <summary>Adds scratch to a plan.</summary>
    /// <param name="plan">The plan without scratch.</param>
    /// <param name="scratch">Buffers that live at one step each.</param>
    /// <param name="most">Bytes that the arena may have with scratch; scratch that does not fit is left out.</param>
    /// <param name="cancellation">Honoured between placements.</param>
    /// <returns>The plan, whose buffers begin with those of <paramref name="plan"/>; and which buffer is which scratch, or -1: left out.</returns>
    public static (ArenaPlan Plan, ImmutableArray<int> Buffers) Add(
        ArenaPlan plan, ImmutableArray<ArenaBuffer> scratch, int most, CancellationToken cancellation)
    {
        int first = plan.Buffers.Length;
        var all = ImmutableArray.CreateRange(Enumerable.Range(first, scratch.Length));
        var kept = InGaps(plan, scratch, most);
        if (kept.Plan.Gap == 0 && kept.Buffers.SequenceEqual(all))
            return kept;

        var anew = ArenaPlanner.Plan(plan.Buffers.AddRange(scratch), plan.InPlace, plan.Alignment, cancellation);
        bool isBetter = anew.TotalBytes < kept.Plan.TotalBytes || !kept.Buffers.SequenceEqual(all);
        return isBetter && anew.TotalBytes <= most ? (anew, all) : kept;
    }

    private static (ArenaPlan Plan, ImmutableArray<int> Buffers) InGaps(ArenaPlan plan, ImmutableArray<ArenaBuffer> scratch, int most)
    {
        var blocks = SharedPlaces.Merge(plan.Buffers, plan.InPlace)
            .Select(group => (Block: Block.Of(group, plan.Buffers, plan.Alignment), Offset: plan.Offsets[group[0]]))
            .Where(place => place.Block.Bytes > 0).OrderBy(place => place.Offset).ToArray();
        var buffers = plan.Buffers.ToBuilder();
        var offsets = plan.Offsets.ToBuilder();
        var indices = ImmutableArray.CreateBuilder<int>();
        foreach (var buffer in scratch)
        {
            var block = Block.Of(buffer, plan.Alignment);
            int offset = LowestGap(blocks.Where(place => place.Block.Meets(block)), buffer.Bytes);
            bool fits = checked(offset + buffer.Bytes) <= most;
            indices.Add(fits ? buffers.Count : -1);
            if (fits)
            {
                buffers.Add(buffer);
                offsets.Add(offset);
            }
        }

        return (ArenaPlanner.Placed(buffers.ToImmutable(), plan.InPlace, plan.Alignment, offsets.ToImmutable()), indices.ToImmutable());
    }

    private static int LowestGap(IEnumerable<(Block Block, int Offset)> live, int bytes)
    {
        int gap = 0;
        foreach (var (block, offset) in live)
        {
            if (offset >= checked(gap + bytes))
                break;

            gap = Math.Max(gap, checked(offset + block.Padded));
        }

        return gap;
    }
}
