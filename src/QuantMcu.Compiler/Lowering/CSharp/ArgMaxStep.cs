using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Index of the largest code along an axis.</summary>
public sealed record ArgMaxStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, ArgMaxLayer Layer)
    : Step(Title, Inputs, Output)
{
    internal static ArgMaxStep Lower(ArgMaxLayer layer, LayerContext context) =>
        new(context.Title(), context.Inputs, context.Output, layer);
}
