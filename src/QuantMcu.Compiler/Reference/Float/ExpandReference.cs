using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ExpandReference
{
    public static Tensor Evaluate(Operands operands)
    {
        var shape = operands.Output.Shape;
        var strides = Broadcast.Strides(operands[0].Shape, shape);
        return TensorData.Take(operands[0], shape, SourceIndices.Strided(shape, strides));
    }
}
