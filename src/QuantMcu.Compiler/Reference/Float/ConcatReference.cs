using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ConcatReference
{
    public static Tensor Evaluate(Concat concat, Operands operands)
    {
        var output = TensorData.Allocate(operands.Output);
        int row = RowLength(output.Shape, concat.Axis);
        int start = 0;
        for (int i = 0; i < operands.Count; i++)
        {
            var part = operands[i];
            int partRow = RowLength(part.Shape, concat.Axis);
            for (int j = 0; partRow > 0 && j < part.Shape.Elements / partRow; j++)
                Array.Copy(TensorData.Storage(part), j * partRow, TensorData.Storage(output), (j * row) + start, partRow);

            start += partRow;
        }

        return output;
    }

    /// <summary>Elements from one index before the axis to the next.</summary>
    private static int RowLength(Shape shape, int axis) => shape[axis] * shape.Strides()[axis];
}
