using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>What Add and Mul share.</summary>
internal static class BinaryLoops
{
    /// <summary>
    /// Loops over the result. Where codes lie packed, the innermost loop is over the codes of a line, and the strides of the loops
    /// around it are bytes.
    /// </summary>
    public static LoopNest Of(LayerContext context)
    {
        var shape = context.OutputTensor.Shape;
        var strides = Enumerable.Range(0, 2).Select(operand => Broadcast.Strides(context.InputTensor(operand).Shape, shape))
            .ToArray();
        if (context.Packing is not { } packing)
            return LoopNest.Of(shape, strides);

        bool sameShape = packing.Inputs.All(input => input.Elements == packing.Output.Elements);
        return sameShape && packing.IsDense
            ? LoopNest.Of(new Shape(shape.Elements), [1], [1])
            : Lines(shape, packing, strides);
    }

    private static LoopNest Lines(Shape shape, Packing packing, IReadOnlyList<int>[] strides)
    {
        int last = shape.Rank - 1;
        var bytes = strides.Select((operand, i) => (IReadOnlyList<int>)operand.Take(last)
            .Select(stride => stride / packing.Inputs[i].Line * packing.Inputs[i].Pitch).ToArray()).ToArray();
        return LoopNest.Of(new Shape(shape.Dimensions.RemoveAt(last)), bytes)
            .Then(shape[last], strides.Select(operand => operand[last]));
    }
}
