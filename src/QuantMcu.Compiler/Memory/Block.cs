using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>What the search places: one buffer, or several that share a place.</summary>
/// <param name="Bytes">Exact size.</param>
/// <param name="Padded">Size rounded up to the alignment: how far above it the next block may start.</param>
/// <param name="First">First step of its life.</param>
/// <param name="Last">Last step of its life.</param>
internal sealed record Block(int Bytes, int Padded, int First, int Last)
{
    public static Block Of(int[] group, ImmutableArray<ArenaBuffer> buffers, int alignment)
    {
        int bytes = group.Max(i => buffers[i].Bytes);
        int padded = checked(bytes + alignment - 1) / alignment * alignment;
        return new Block(bytes, padded, group.Min(i => buffers[i].FirstStep), group.Max(i => buffers[i].LastStep));
    }

    public static Block Of(ArenaBuffer buffer, int alignment) => Of([0], [buffer], alignment);

    public bool Meets(Block other) => First <= other.Last && other.First <= Last;
}
