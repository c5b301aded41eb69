using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Memory;

/// <summary>Layers that need memory: a branch or a tail, as a network of its own or as a part of the network that is to be cut.</summary>
/// <param name="Network">Names the tensors.</param>
/// <param name="Layers">Indices of layers, in order of execution.</param>
/// <param name="Bits">Bits of every tensor of the network, whatever its quantizer says.</param>
internal sealed record MemoryPart(QuantizedNetwork Network, ImmutableArray<int> Layers, IReadOnlyList<int> Bits)
{
    /// <summary>All layers of a network.</summary>
    public static MemoryPart Of(QuantizedNetwork network) => new(
        network, Enumerable.Range(0, network.Layers.Length).ToImmutableArray(), BitsOf(network));

    public static int[] BitsOf(QuantizedNetwork network) => network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();

    public IEnumerable<QuantizedLayer> InOrder => Layers.Select(layer => Network.Layers[layer]);

    /// <summary>Bytes of a tensor.</summary>
    public int Bytes(int tensor)
    {
        int last = Last(tensor);
        return last == 0 ? 0 : checked(Network.Tensor(tensor).Elements / last * PixelBytes(tensor));
    }

    /// <summary>Bytes of what starts on a byte: the codes along the last axis.</summary>
    public int PixelBytes(int tensor) => ((Last(tensor) * Bits[tensor]) + 7) / 8;

    /// <summary>Whether the same codes in the same order are the same bytes in both tensors.</summary>
    public bool SameBytes(int a, int b) =>
        Bits[a] == Bits[b] && (Last(a) == Last(b) || (Last(a) * Bits[a] % 8 == 0 && Last(b) * Bits[b] % 8 == 0));

    private int Last(int tensor)
    {
        var shape = Network.Tensor(tensor).Shape;
        return shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
    }
}
