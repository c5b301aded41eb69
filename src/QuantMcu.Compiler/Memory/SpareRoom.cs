using System;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>What an arena has in one piece that nothing needs at some step.</summary>
internal static class SpareRoom
{
    /// <param name="plan">The arena, which does not grow for it.</param>
    /// <param name="step">A step of the lifetimes of its buffers.</param>
    /// <returns>Bytes of the largest gap.</returns>
    public static int At(ArenaPlan plan, int step)
    {
        int free = 0, largest = 0;
        foreach (int i in Enumerable.Range(0, plan.Buffers.Length).Where(i => plan.Buffers[i].FirstStep <= step && step <= plan.Buffers[i].LastStep)
            .OrderBy(i => plan.Offsets[i]))
        {
            largest = Math.Max(largest, plan.Offsets[i] - free);
            int end = checked(plan.Offsets[i] + plan.Buffers[i].Bytes + plan.Alignment - 1) / plan.Alignment * plan.Alignment;
            free = Math.Max(free, end);
        }

        return Math.Max(largest, plan.TotalBytes - free);
    }
}
