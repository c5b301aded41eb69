using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>What Add and Mul share.</summary>
internal static class BinaryLoops
{
    public static LoopNest Of(LayerContext context)
    {
        var shape = context.OutputTensor.Shape;
        return LoopNest.Of(
            shape,
            Broadcast.Strides(context.InputTensor(0).Shape, shape),
            Broadcast.Strides(context.InputTensor(1).Shape, shape));
    }

    /// <summary>An operand of the result's size may be overwritten: each element is read before its place is written.</summary>
    public static ImmutableArray<int> Overwritable(LayerContext context) => Enumerable.Range(0, 2)
        .Where(operand => context.InputTensor(operand).Elements == context.OutputTensor.Elements).ToImmutableArray();
}
