using System;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// Exact search over stacking orders. Every plan can be pushed down until each block rests on the floor or on another, and built
/// in the order of its offsets; so it is enough to try orders in which offsets never fall, putting each block on top of those
/// already placed that it meets. At every step the height reached plus the blocks still to come bounds what an order can give.
/// </summary>
internal sealed class BranchAndBound
{
    private const int MostBlocks = 200;
    private const int MostNodes = 100_000;

    private readonly Block[] blocks;
    private readonly int lowerBound;
    private readonly CancellationToken cancellation;
    private readonly int[] offsets;
    private readonly bool[] placed;
    private readonly int[] height;
    private readonly long[] toCome;
    private readonly int mostPadding;
    private int[] best;
    private int bestTotal;
    private int nodes;

    private BranchAndBound(Block[] blocks, int[] start, int lowerBound, CancellationToken cancellation)
    {
        this.blocks = blocks;
        this.lowerBound = lowerBound;
        this.cancellation = cancellation;
        best = start;
        bestTotal = OffsetSearch.Total(blocks, start);
        offsets = new int[blocks.Length];
        placed = new bool[blocks.Length];
        int steps = blocks.Max(block => block.Last) + 1;
        height = new int[steps];
        toCome = new long[steps];
        mostPadding = blocks.Max(block => block.Padded - block.Bytes);
        foreach (var block in blocks)
            Add(block, block.Padded);
    }

    /// <summary>The best plan found within the count of nodes: <paramref name="start"/> or a smaller one.</summary>
    public static int[] Improve(Block[] blocks, int[] start, int lowerBound, CancellationToken cancellation)
    {
        if (blocks.Length is 0 or > MostBlocks)
            return start;

        var search = new BranchAndBound(blocks, start, lowerBound, cancellation);
        search.Place(0, 0);
        return search.best;
    }

    private void Place(int count, int floor)
    {
        if (count == blocks.Length)
        {
            Keep();
            return;
        }

        var candidates = Enumerable.Range(0, blocks.Length).Where(i => !placed[i])
            .Select(i => (Index: i, Offset: Rest(blocks[i])))
            .Where(candidate => candidate.Offset >= floor)
            .OrderBy(candidate => candidate.Offset).ThenByDescending(candidate => blocks[candidate.Index].Bytes);
        foreach (var (index, offset) in candidates)
        {
            if (bestTotal == lowerBound || ++nodes > MostNodes)
                return;

            cancellation.ThrowIfCancellationRequested();
            Try(index, offset, count);
        }
    }

    private void Keep()
    {
        int total = OffsetSearch.Total(blocks, offsets);
        if (total >= bestTotal)
            return;

        best = (int[])offsets.Clone();
        bestTotal = total;
    }

    private void Try(int index, int offset, int count)
    {
        var block = blocks[index];
        int length = block.Last - block.First + 1;
        var saved = new int[length];
        Array.Copy(height, block.First, saved, 0, length);

        offsets[index] = offset;
        placed[index] = true;
        Add(block, -block.Padded);
        for (int step = block.First; step <= block.Last; step++)
            height[step] = offset + block.Padded;

        if (Promising(block))
            Place(count + 1, offset);

        Array.Copy(saved, 0, height, block.First, length);
        Add(block, block.Padded);
        placed[index] = false;
    }

    /// <summary>Padding of the topmost block does not count towards a total, hence the slack.</summary>
    private bool Promising(Block changed)
    {
        for (int step = changed.First; step <= changed.Last; step++)
        {
            if (height[step] + toCome[step] - mostPadding >= bestTotal)
                return false;
        }

        return true;
    }

    private int Rest(Block block)
    {
        int rest = 0;
        for (int step = block.First; step <= block.Last; step++)
            rest = Math.Max(rest, height[step]);

        return rest;
    }

    private void Add(Block block, int bytes)
    {
        for (int step = block.First; step <= block.Last; step++)
            toCome[step] += bytes;
    }
}
