using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Sum of two tensors that broadcast.</summary>
public sealed record AddStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, LoopNest Loops, AddLayer Layer)
    : Step(Title, Inputs, Output)
{
    internal static AddStep Lower(AddLayer layer, LayerContext context) =>
        new(context.Title(), context.Inputs, context.Output, BinaryLoops.Of(context), layer)
        {
            Region = context.Region,
        };
}
