using System.Collections.Immutable;

namespace QuantMcu.Compiler.Memory;

/// <summary>Offsets fixed at compile time for every buffer of one arena.</summary>
/// <param name="Buffers">What was planned.</param>
/// <param name="Offsets">Bytes from the start of the arena, one per buffer, multiples of <paramref name="Alignment"/>.</param>
/// <param name="Alignment">Bytes.</param>
/// <param name="TotalBytes">Largest end of a buffer: the size of the arena.</param>
/// <param name="LowerBound">Bytes that no plan of these buffers can go below: the most that are live at one step.</param>
/// <param name="PeakStep">The first step at which that many bytes are live; -1 for an empty arena.</param>
/// <param name="PeakSet">Buffers live at the peak, largest first; of buffers that share a place, the one that is live.</param>
public sealed record ArenaPlan(
    ImmutableArray<ArenaBuffer> Buffers,
    ImmutableArray<int> Offsets,
    int Alignment,
    int TotalBytes,
    int LowerBound,
    int PeakStep,
    ImmutableArray<int> PeakSet)
{
    /// <summary>The permissions to overwrite under which it was planned.</summary>
    public ImmutableArray<InPlacePair> InPlace { get; init; } = [];

    /// <summary>Bytes by which the plan misses the lower bound; 0 where it is proved optimal.</summary>
    public int Gap => TotalBytes - LowerBound;
}
