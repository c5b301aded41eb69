using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// Places buffers with known lifetimes in one arena so that no two live ones overlap. Buffers that may share a place are merged
/// first (that can only lower the peak); then several greedy orders are tried, and a bounded branch-and-bound where none reaches
/// the lower bound. The problem is NP-hard in general (dynamic storage allocation); networks are easy instances of it.
/// </summary>
public static class ArenaPlanner
{
    /// <summary>Plans an arena. The same buffers give the same plan on every machine: effort is counted, not timed.</summary>
    /// <param name="buffers">What must be placed.</param>
    /// <param name="inPlace">Permissions to overwrite.</param>
    /// <param name="alignment">Offsets are multiples of it; a power of two. Sizes are exact.</param>
    /// <param name="cancellation">Honoured between placements.</param>
    /// <exception cref="OverflowException">The buffers need more than 2 GB.</exception>
    public static ArenaPlan Plan(
        ImmutableArray<ArenaBuffer> buffers, ImmutableArray<InPlacePair> inPlace, int alignment, CancellationToken cancellation)
    {
        var groups = SharedPlaces.Merge(buffers, inPlace);
        var blocks = groups.Select(group => Block.Of(group, buffers, alignment)).ToArray();
        var peak = Peak.Of(blocks);
        var offsets = OffsetSearch.Run(blocks, peak.Bytes, cancellation);

        var all = new int[buffers.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            foreach (int member in groups[i])
                all[member] = offsets[i];
        }

        return Placed(buffers, inPlace, alignment, all.ToImmutableArray());
    }

    /// <summary>What there is to say of buffers whose places are known; arguments as <see cref="Plan"/> takes them.</summary>
    internal static ArenaPlan Placed(
        ImmutableArray<ArenaBuffer> buffers, ImmutableArray<InPlacePair> inPlace, int alignment, ImmutableArray<int> offsets)
    {
        var groups = SharedPlaces.Merge(buffers, inPlace);
        var peak = Peak.Of(groups.Select(group => Block.Of(group, buffers, alignment)).ToArray());
        int total = buffers.Select((buffer, i) => checked(offsets[i] + buffer.Bytes)).DefaultIfEmpty(0).Max();
        var set = Enumerable.Range(0, buffers.Length)
            .Where(i => buffers[i].Bytes > 0 && buffers[i].FirstStep <= peak.Step && peak.Step <= buffers[i].LastStep)
            .OrderByDescending(i => buffers[i].Bytes).ThenBy(i => i);
        return new ArenaPlan(buffers, offsets, alignment, total, peak.Bytes, peak.Step, OnePerPlace(set, groups)) { InPlace = inPlace };
    }

    private static ImmutableArray<int> OnePerPlace(IEnumerable<int> buffers, IReadOnlyList<int[]> groups)
    {
        var place = new Dictionary<int, int>();
        for (int i = 0; i < groups.Count; i++)
        {
            foreach (int member in groups[i])
                place[member] = i;
        }

        var taken = new HashSet<int>();
        return buffers.Where(buffer => taken.Add(place[buffer])).ToImmutableArray();
    }
}
