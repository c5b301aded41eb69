using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Product of two matrices of activations.</summary>
public sealed record MatMulStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, MatMulLayer Layer, int ZeroA, int ZeroB)
    : Step(Title, Inputs, Output)
{
    internal static MatMulStep Lower(MatMulLayer layer, LayerContext context) => new(
        context.Title(), context.Inputs, context.Output, layer,
        context.InputTensor(0).Quantizer.ZeroPoint, context.InputTensor(1).Quantizer.ZeroPoint);
}
