using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>The same codes in the same order under another shape; quantizer shared. At 8 bits it moves nothing.</summary>
public sealed record ReshapeLayer(string Name, ImmutableArray<int> Inputs, int Output) : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Reshape";
}
