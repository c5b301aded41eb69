using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Bits of the codes that a convolution reads, of its weights, and of the codes that it writes.</summary>
public sealed record ConvBits(int Codes, int Weights, int Result)
{
    internal static ConvBits Of(ConvLayer layer, LayerContext context) =>
        new(context.InputLayout(0).Bits, layer.WeightBits, context.OutputLayout.Bits);

    /// <summary>What tells kernels for these bits from those for bytes: nothing, or <c>X4W4Y2</c>.</summary>
    public string Suffix => this is { Codes: 8, Weights: 8, Result: 8 } ? "" : FormattableString.Invariant($"X{Codes}W{Weights}Y{Result}");

    /// <summary>The same for kernels that write one code to a byte.</summary>
    public string Operands => this is { Codes: 8, Weights: 8 } ? "" : FormattableString.Invariant($"X{Codes}W{Weights}");
}
