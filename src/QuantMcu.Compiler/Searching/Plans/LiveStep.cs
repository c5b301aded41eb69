using System.Collections.Generic;
using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>Pixels of a tensor that are in the arena.</summary>
/// <param name="Map">Index of the feature map, which has the bits; -1: <paramref name="FixedBits"/> counts.</param>
/// <param name="Pixels">Elements over channels.</param>
/// <param name="Channels">Elements of a pixel, which starts on a byte.</param>
/// <param name="FixedBits">Bits where there is no map.</param>
internal readonly record struct LiveTensor(int Map, int Pixels, int Channels, int FixedBits = 8)
{
    public long Bytes(int bits) => (long)Pixels * (((Channels * (Map < 0 ? FixedBits : BitWidths.InMemory(bits))) + 7) / 8);
}

/// <summary>What the arena holds during one step.</summary>
/// <param name="Name">Of the layer.</param>
/// <param name="Live">Each buffer once; a map may have several (a patch buffer and caches).</param>
internal sealed record LiveStep(string Name, ImmutableArray<LiveTensor> Live)
{
    /// <param name="mapBits">Bits of every map.</param>
    public long Bytes(IReadOnlyList<int> mapBits)
    {
        long bytes = 0;
        foreach (var tensor in Live)
            bytes += tensor.Bytes(tensor.Map < 0 ? 8 : mapBits[tensor.Map]);
        return bytes;
    }
}
