using System.Collections.Immutable;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>
/// Values that share one quantizer and so one bit width: a computed tensor with all that operators which only move codes (Reshape, MaxPool, Slice, ...)
/// make of it, and tensors that meet in a Concat.
/// </summary>
/// <param name="Values">The values, in execution order.</param>
/// <param name="Producers">Nodes that compute values of the map from others; none for an input of the network. More than one where a Concat joins.</param>
/// <param name="Consumers">Nodes that compute from values of the map, in execution order, each once; a node that only moves codes within it is neither.</param>
/// <param name="IsFree">
/// Whether it may have fewer than 8 bits: not inputs, outputs and quantizers that the model came with, nor what a softmax or an arg max reads.
/// </param>
public sealed record FeatureMap(ImmutableArray<Value> Values, ImmutableArray<Node> Producers, ImmutableArray<Node> Consumers, bool IsFree)
{
    /// <summary>The first value; any other stands for the map just as well.</summary>
    public Value Value => Values[0];
}
