using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// d = x - Zx; y = d >= 0 ? Positive.Apply(d) : Negative.Apply(d, c), c the channel (last axis). The negative multipliers may be negative.
/// </summary>
public sealed record PReluLayer(string Name, ImmutableArray<int> Inputs, int Output, Requantization Positive, Requantization Negative)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "PRelu";

    public override int FlashBytes => 4 * Negative.Multipliers.Length;
}
