using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Mean over a window of X[1, H, W, C] (global where the window is the image): acc = sum over the taps inside the image of (x - Zx),
/// y = Requantization.Apply(acc, taps - 1), where taps is the number of taps inside the image, or inside image and padding if
/// CountIncludePad: the multipliers hold the division, one per possible count 1 .. Window.Taps.
/// </summary>
public sealed record AveragePoolLayer(
    string Name, ImmutableArray<int> Inputs, int Output, Window Window, bool CountIncludePad, Requantization Requantization)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "AveragePool";

    public override int FlashBytes => 4 * Requantization.Multipliers.Length;
}
