using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Reduction of the middle axis of X seen as [Outer, Length, Inner]. Mean and Sum: acc = sum of (x - Zx), y = Requantization.Apply(acc).
/// Max: the largest code, clamped to the requantization's Min and Max; input and output share their quantizer.
/// </summary>
public sealed record ReduceLayer(
    string Name, ImmutableArray<int> Inputs, int Output, ReduceKind Kind, int Outer, int Length, int Inner, Requantization Requantization)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Reduce" + Kind;
}
