using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class GemmReference
{
    public static Tensor Evaluate(Gemm gemm, Operands operands)
    {
        var shape = operands.Output.Shape;
        int rows = shape[0], columns = shape[1], depth = operands[0].Shape[gemm.TransposeA ? 0 : 1];
        double[] a = operands[0].ToDoubles(), b = operands[1].ToDoubles();
        var addend = operands.Optional(2);
        var addendIndices = addend is null ? [] : SourceIndices.Strided(shape, Broadcast.Strides(addend.Shape, shape));
        var y = new double[shape.Elements];
        for (int row = 0; row < rows; row++)
        {
            operands.Cancellation.ThrowIfCancellationRequested();
            for (int column = 0; column < columns; column++)
            {
                double sum = 0;
                for (int k = 0; k < depth; k++)
                {
                    double left = a[gemm.TransposeA ? (k * rows) + row : (row * depth) + k];
                    double right = b[gemm.TransposeB ? (column * depth) + k : (k * columns) + column];
                    sum += left * right;
                }

                int index = (row * columns) + column;
                y[index] = (gemm.Alpha * sum) + (addend is null ? 0 : gemm.Beta * addend.At(addendIndices[index]));
            }
        }

        return TensorData.FromDoubles(operands.Output, y);
    }
}
