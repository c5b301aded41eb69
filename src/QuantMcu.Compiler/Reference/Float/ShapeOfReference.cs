using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ShapeOfReference
{
    public static Tensor Evaluate(ShapeOf shapeOf, Operands operands)
    {
        var dimensions = new long[operands.Output.Shape.Elements];
        for (int i = 0; i < dimensions.Length; i++)
            dimensions[i] = operands[0].Shape[shapeOf.Start + i];

        return Tensor.Of(operands.Output.Shape, dimensions);
    }
}
