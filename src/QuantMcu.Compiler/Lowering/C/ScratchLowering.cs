using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Gives the scratch of kernels a place in the arena: stacks of small parts and of tasks are small.</summary>
internal static class ScratchLowering
{
    /// <param name="memory">The arena without scratch.</param>
    /// <param name="parts">Of the program.</param>
    /// <param name="ram">
    /// Bytes that the arena may have. Scratch for which that has no room stays on the stack: the user chose the budget for the arena, which the network
    /// meets, and the stack is a matter of its own.
    /// </param>
    /// <param name="cancellation">Honoured between placements.</param>
    /// <returns>The arena with scratch, and the parts that know its places.</returns>
    public static (NetworkMemoryPlan Memory, ImmutableArray<CPart> Parts) Place(
        NetworkMemoryPlan memory, ImmutableArray<CPart> parts, int? ram, CancellationToken cancellation)
    {
        var steps = parts.SelectMany(part => part.AllSteps).Where(NeedsScratch);
        var scratch = steps.Select(step => new ArenaBuffer(
            "scratch of " + memory.Steps[step.MemoryStep].Name, step.Kernel.ScratchBytes, step.MemoryStep, step.MemoryStep)).ToImmutableArray();
        var (arena, buffers) = ScratchPlaces.Add(memory.Arena, scratch, ram ?? int.MaxValue, cancellation);
        int next = 0;
        var placed = parts.Select(part => part.Select(step => NeedsScratch(step) ? At(step, buffers[next++]) : step)).ToImmutableArray();
        return (memory with { Arena = arena }, placed);
    }

    private static bool NeedsScratch(CStep step) => step.Kernel.ScratchBytes > 0;

    private static CStep At(CStep step, int buffer) => buffer < 0 ? step : step with { Scratch = new Storage(StorageKind.Arena, buffer) };
}
