using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>
/// Bit widths that were chosen for a float network in normal form: 8, 4 or 2, and 7, 6 or 5 that take 8 in memory; 8 where nothing is said.
/// Values that share a quantizer take the smallest that any of them was given, unless that quantizer is fixed (raw inputs, network outputs, imported
/// quantization): those keep 8 bits.
/// </summary>
public sealed class BitWidths
{
    public static readonly BitWidths Eight = new(new Dictionary<Value, int>(), new Dictionary<Node, int>());

    private readonly IReadOnlyDictionary<Value, int> activations;
    private readonly IReadOnlyDictionary<Node, int> weights;

    /// <param name="activations">Bits of feature maps.</param>
    /// <param name="weights">Bits of weights, by the Conv node that they belong to.</param>
    public BitWidths(IReadOnlyDictionary<Value, int> activations, IReadOnlyDictionary<Node, int> weights)
    {
        this.activations = activations;
        this.weights = weights;
    }

    /// <summary>Bits that a code of so many bits takes in memory: 8, 4 or 2.</summary>
    public static int InMemory(int codeBits) => codeBits > 4 ? 8 : codeBits > 2 ? 4 : 2;

    /// <summary>Whether any feature map or weights have fewer bits than 8.</summary>
    public bool AnyBelowEight => activations.Values.Concat(weights.Values).Any(bits => bits < 8);

    public int OfActivation(Value value) => activations.TryGetValue(value, out int bits) ? bits : 8;

    public int OfWeights(Node conv) => weights.TryGetValue(conv, out int bits) ? bits : 8;
}
