using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.C;

namespace QuantMcu.Testing.Native;

/// <summary>What the plan of an arena says about its high-water mark.</summary>
public static class ArenaUse
{
    /// <summary>
    /// Compares a high-water mark with the plan. Tensors fill their buffers; of scratch some kernels leave the end as it was: their twins in portable C
    /// need less, vectors only read behind the last code, and a tile may be smaller than the largest.
    /// </summary>
    /// <returns>What is wrong, or nothing.</returns>
    public static string Difference(CProgram program, int highWater)
    {
        var arena = program.Memory.Arena;
        int[] scratch = program.Steps.Select(step => step.Scratch?.Index ?? -1).ToArray();
        int tensors = Enumerable.Range(0, arena.Buffers.Length).Where(i => !scratch.Contains(i))
            .Select(i => arena.Offsets[i] + arena.Buffers[i].Bytes).DefaultIfEmpty(0).Max();
        return highWater >= tensors && highWater <= program.ArenaBytes ? ""
            : string.Create(CultureInfo.InvariantCulture, $"high water {highWater}, not {tensors} to {program.ArenaBytes}");
    }
}
