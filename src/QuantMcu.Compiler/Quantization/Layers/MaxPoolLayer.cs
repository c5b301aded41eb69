using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>Largest code in the window; padding never wins. X[1, H, W, C], 2-D window; input and output share their quantizer.</summary>
public sealed record MaxPoolLayer(string Name, ImmutableArray<int> Inputs, int Output, Window Window)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "MaxPool";
}
