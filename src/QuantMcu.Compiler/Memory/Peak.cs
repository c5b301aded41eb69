using System;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// The step with the most live bytes. Aligned blocks stacked at one step end at the sum of their padded sizes, less the padding
/// of the topmost one; so no plan can be smaller than <paramref name="Bytes"/>.
/// </summary>
internal sealed record Peak(int Step, int Bytes)
{
    public static Peak Of(Block[] blocks)
    {
        int steps = blocks.Length == 0 ? 0 : blocks.Max(block => block.Last) + 1;
        var padded = new long[steps + 1];
        foreach (var block in blocks)
        {
            padded[block.First] += block.Padded;
            padded[block.Last + 1] -= block.Padded;
        }

        var slack = new int[steps];
        foreach (var block in blocks)
        {
            for (int step = block.First; step <= block.Last; step++)
                slack[step] = Math.Max(slack[step], block.Padded - block.Bytes);
        }

        int peak = -1;
        long most = 0;
        long live = 0;
        for (int step = 0; step < steps; step++)
        {
            live += padded[step];
            if (live - slack[step] > most)
            {
                most = live - slack[step];
                peak = step;
            }
        }

        return new Peak(peak, checked((int)most));
    }
}
