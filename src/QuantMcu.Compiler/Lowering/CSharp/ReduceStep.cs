using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Mean, sum or largest code along an axis.</summary>
public sealed record ReduceStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, ReduceLayer Layer, int ZeroPoint)
    : Step(Title, Inputs, Output)
{
    internal static ReduceStep Lower(ReduceLayer layer, LayerContext context) =>
        new(context.Title(), context.Inputs, context.Output, layer, context.InputTensor(0).Quantizer.ZeroPoint);
}
