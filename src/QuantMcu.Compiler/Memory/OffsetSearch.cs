using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Memory;

/// <summary>Greedy placements in several orders, the best of which a branch-and-bound tries to improve.</summary>
internal static class OffsetSearch
{
    /// <summary>Offsets, one per block.</summary>
    public static int[] Run(Block[] blocks, int lowerBound, CancellationToken cancellation)
    {
        var (offsets, total) = Greedy(blocks, lowerBound, cancellation);
        return total == lowerBound ? offsets : BranchAndBound.Improve(blocks, offsets, lowerBound, cancellation);
    }

    /// <summary>The best of all greedy orders; the first that reaches the bound.</summary>
    internal static (int[] Offsets, int Total) Greedy(Block[] blocks, int lowerBound, CancellationToken cancellation)
    {
        var best = new int[blocks.Length];
        int bestTotal = int.MaxValue;
        foreach (var order in Orders(blocks))
        {
            var offsets = FirstFit(blocks, order, cancellation);
            int total = Total(blocks, offsets);
            if (total < bestTotal)
                (best, bestTotal) = (offsets, total);

            if (bestTotal == lowerBound)
                break;
        }

        return (best, bestTotal);
    }

    public static int Total(Block[] blocks, int[] offsets)
    {
        int total = 0;
        for (int i = 0; i < blocks.Length; i++)
            total = Math.Max(total, checked(offsets[i] + blocks[i].Bytes));

        return total;
    }

    /// <summary>Large first, long-lived first, crowded steps first: each wins on some networks.</summary>
    private static IEnumerable<int[]> Orders(Block[] blocks)
    {
        var indices = Enumerable.Range(0, blocks.Length).ToArray();
        var load = Load(blocks);
        yield return indices.OrderByDescending(i => blocks[i].Bytes).ThenBy(i => blocks[i].First).ToArray();
        yield return indices.OrderByDescending(i => Crowd(blocks[i], load)).ThenByDescending(i => blocks[i].Bytes).ToArray();
        yield return indices.OrderByDescending(i => (long)blocks[i].Bytes * (blocks[i].Last - blocks[i].First + 1)).ToArray();
        yield return indices.OrderByDescending(i => blocks[i].Last - blocks[i].First).ThenByDescending(i => blocks[i].Bytes)
            .ToArray();
        yield return indices.OrderBy(i => blocks[i].First).ThenByDescending(i => blocks[i].Last).ToArray();
        yield return indices.OrderByDescending(i => blocks[i].Last).ThenBy(i => blocks[i].First).ToArray();
    }

    /// <summary>Padded bytes live at every step.</summary>
    private static long[] Load(Block[] blocks)
    {
        var load = new long[blocks.Length == 0 ? 0 : blocks.Max(block => block.Last) + 1];
        foreach (var block in blocks)
        {
            for (int step = block.First; step <= block.Last; step++)
                load[step] += block.Padded;
        }

        return load;
    }

    private static long Crowd(Block block, long[] load)
    {
        long crowd = 0;
        for (int step = block.First; step <= block.Last; step++)
            crowd = Math.Max(crowd, load[step]);

        return crowd;
    }

    /// <summary>Every block at the lowest offset that is free for its whole life.</summary>
    private static int[] FirstFit(Block[] blocks, int[] order, CancellationToken cancellation)
    {
        var offsets = new int[blocks.Length];
        var placed = new List<int>();
        foreach (int index in order)
        {
            cancellation.ThrowIfCancellationRequested();
            int offset = 0;
            foreach (int other in placed)
            {
                if (!blocks[other].Meets(blocks[index]))
                    continue;

                if (offsets[other] >= offset + blocks[index].Padded)
                    break;

                offset = Math.Max(offset, checked(offsets[other] + blocks[other].Padded));
            }

            offsets[index] = offset;
            int position = placed.FindIndex(other => offsets[other] > offset);
            placed.Insert(position < 0 ? placed.Count : position, index);
        }

        return offsets;
    }
}
