using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class MatMulReference
{
    public static Tensor Evaluate(Operands operands)
    {
        Tensor a = operands[0], b = operands[1];
        var left = a.Shape.Rank == 1 ? new Shape(1, a.Shape[0]) : a.Shape;
        var right = b.Shape.Rank == 1 ? new Shape(b.Shape[0], 1) : b.Shape;
        int rows = left[left.Rank - 2], depth = left[left.Rank - 1], columns = right[right.Rank - 1];
        Shape leftBatch = new(left.Take(left.Rank - 2)), rightBatch = new(right.Take(right.Rank - 2));
        var batch = Broadcast.Result(leftBatch, rightBatch)!;
        var leftMatrix = SourceIndices.Strided(batch, Broadcast.Strides(leftBatch, batch));
        var rightMatrix = SourceIndices.Strided(batch, Broadcast.Strides(rightBatch, batch));

        var product = TensorData.Allocate(operands.Output);
        var y = product.Element.IsFloat() ? new double[operands.Output.Shape.Elements] : null;
        double[] leftValues = y is null ? [] : a.ToDoubles(), rightValues = y is null ? [] : b.ToDoubles();
        for (int i = 0; i < leftMatrix.Length; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                operands.Cancellation.ThrowIfCancellationRequested();
                for (int column = 0; column < columns; column++)
                {
                    int index = (((i * rows) + row) * columns) + column;
                    int first = ((leftMatrix[i] * rows) + row) * depth, top = (rightMatrix[i] * depth * columns) + column;
                    if (y is not null)
                    {
                        y[index] = Dot(leftValues, first, rightValues, top, columns, depth);
                        continue;
                    }

                    long sum = Dot(a.Integers, first, b.Integers, top, columns, depth);
                    product.Integers[index] = IntegerMath.Wrap(product.Element, sum);
                }
            }
        }

        return y is null ? product : TensorData.FromDoubles(operands.Output, y);
    }

    /// <summary>
    /// A row of a, its elements side by side, times a column of b, its elements <paramref name="stride"/> apart.
    /// </summary>
    private static double Dot(double[] a, int first, double[] b, int top, int stride, int depth)
    {
        double sum = 0;
        for (int k = 0; k < depth; k++)
            sum += a[first + k] * b[top + (k * stride)];

        return sum;
    }

    private static long Dot(long[] a, int first, long[] b, int top, int stride, int depth)
    {
        long sum = 0;
        for (int k = 0; k < depth; k++)
            sum = unchecked(sum + (a[first + k] * b[top + (k * stride)]));

        return sum;
    }
}
