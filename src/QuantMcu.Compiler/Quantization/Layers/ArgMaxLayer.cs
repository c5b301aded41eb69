using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>Index of the largest code along the middle axis of X seen as [Outer, Length, Inner]; Length is at most 256. The code is the index.</summary>
public sealed record ArgMaxLayer(
    string Name, ImmutableArray<int> Inputs, int Output, int Outer, int Length, int Inner, bool SelectLast)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "ArgMax";
}
