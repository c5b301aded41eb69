using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>y = Requantization.Apply((a - Za) * (b - Zb)); inputs broadcast to the output. Either input may be a constant tensor.</summary>
public sealed record MulLayer(string Name, ImmutableArray<int> Inputs, int Output, Requantization Requantization)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Mul";
}
