using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>The inputs one after the other along an axis. All share the output's quantizer (a Rescale table stands before one that did not).</summary>
public sealed record ConcatLayer(string Name, ImmutableArray<int> Inputs, int Output, int Axis)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Concat";
}
