using System;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>What an arena has in one piece that nothing needs at some step: room for scratch that <see cref="ScratchPlaces"/> finds without a larger arena.</summary>
internal static class SpareRoom
{
    /// <param name="plan">The arena.</param>
    /// <param name="step">A step of the lifetimes of its buffers.</param>
    /// <returns>Bytes of the largest gap; buffers that share a place count as one.</returns>
    public static int At(ArenaPlan plan, int step) => At(plan, step, plan.TotalBytes);

    /// <param name="total">Bytes that the arena may have.</param>
    /// <inheritdoc cref="At(ArenaPlan, int)"/>
    public static int At(ArenaPlan plan, int step, int total)
    {
        int free = 0, largest = 0;
        var live = SharedPlaces.Merge(plan.Buffers, plan.InPlace)
            .Select(group => (Block: Block.Of(group, plan.Buffers, plan.Alignment), Offset: plan.Offsets[group[0]]))
            .Where(place => place.Block.Bytes > 0 && place.Block.First <= step && step <= place.Block.Last).OrderBy(place => place.Offset);
        foreach (var (block, offset) in live)
        {
            largest = Math.Max(largest, offset - free);
            free = Math.Max(free, checked(offset + block.Padded));
        }

        return Math.Max(largest, total - free);
    }
}
