using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>Codes added (negative: removed) around every axis: Code in Constant mode, else taken from the input. Quantizer shared.</summary>
public sealed record PadLayer(
    string Name, ImmutableArray<int> Inputs, int Output, PadMode Mode, ImmutableArray<int> Begin, ImmutableArray<int> End, byte Code)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Pad";
}
