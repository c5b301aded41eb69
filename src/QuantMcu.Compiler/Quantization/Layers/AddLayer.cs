using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// y = clamp((a * MultiplierA + b * MultiplierB + Addend) >> Shift, Min, Max), int32 throughout; zero points and rounding are in the addend.
/// Inputs broadcast to the output (ONNX rules); a subtraction has a negative MultiplierB. Either input may be a constant tensor.
/// </summary>
public sealed record AddLayer(
    string Name, ImmutableArray<int> Inputs, int Output, int MultiplierA, int MultiplierB, int Addend, int Shift, int Min, int Max)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Add";
}
