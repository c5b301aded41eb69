using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>A slice, transposition or expansion.</summary>
/// <param name="Offset">Element of the input that comes first.</param>
public sealed record StridedCopyStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, int Offset, LoopNest Loops)
    : Step(Title, Inputs, Output)
{
    internal static StridedCopyStep Lower(StridedCopyLayer layer, LayerContext context) =>
        new(context.Title(), context.Inputs, context.Output, layer.Offset,
            LoopNest.Of(context.OutputTensor.Shape, layer.Strides));
}
