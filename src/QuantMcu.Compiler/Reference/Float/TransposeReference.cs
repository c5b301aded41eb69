using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class TransposeReference
{
    public static Tensor Evaluate(Transpose transpose, Operands operands)
    {
        var strides = operands[0].Shape.Strides();
        var permuted = transpose.Permutation.Select(axis => strides[axis]).ToArray();
        return TensorData.Take(operands[0], operands.Output.Shape, SourceIndices.Strided(operands.Output.Shape, permuted));
    }
}
