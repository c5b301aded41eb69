using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A slice, transposition or expansion; whole lines of packed codes are moved as bytes. A Reshape is one, too, where packed codes
/// lie differently before and after.
/// </summary>
/// <param name="Offset">Element of the input that comes first.</param>
public sealed record StridedCopyStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, int Offset, LoopNest Loops)
    : Step(Title, Inputs, Output)
{
    internal static StridedCopyStep Lower(StridedCopyLayer layer, LayerContext context)
    {
        var shape = context.OutputTensor.Shape;
        if (!MovesLines(layer, context))
            return new(context.Title(), context.Inputs, context.Output, layer.Offset, LoopNest.Of(shape, layer.Strides));

        var line = context.OutputLayout;
        int last = shape.Rank - 1;
        var strides = layer.Strides.Select(stride => stride / line.Line * line.Pitch).ToImmutableArray().SetItem(last, 1);
        var bytes = new Shape(shape.Dimensions.SetItem(last, line.Pitch));
        return new(
            context.Title(), context.Inputs, context.Output, layer.Offset / line.Line * line.Pitch, LoopNest.Of(bytes, strides))
        {
            MovesBytes = true,
        };
    }

    /// <summary>A Reshape; null where it moves nothing.</summary>
    internal static StridedCopyStep? Lower(LayerContext context) => context.InputLayout(0).CoincidesWith(context.OutputLayout)
        ? null
        : new(context.Title(), context.Inputs, context.Output, 0, LoopNest.Of(new Shape(context.OutputTensor.Elements), [1]));

    /// <summary>Packed codes are moved in whole lines.</summary>
    private static bool MovesLines(StridedCopyLayer layer, LayerContext context)
    {
        CodeLayout input = context.InputLayout(0), output = context.OutputLayout;
        int last = layer.Strides.Length - 1;
        return output.IsPacked && input.Bits == output.Bits && input.Line == output.Line && layer.Strides[last] == 1
            && layer.Offset % input.Line == 0
            && Enumerable.Range(0, last).All(axis => layer.Strides[axis] % input.Line == 0);
    }
}
