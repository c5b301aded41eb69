using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class GatherReference
{
    public static Tensor Evaluate(Gather gather, Operands operands)
    {
        var shape = operands[0].Shape;
        var strides = shape.Strides();
        var offsets = new int[shape.Rank][];
        for (int axis = 0; axis < shape.Rank; axis++)
            offsets[axis] = SourceIndices.Axis(shape[axis], strides[axis]);

        offsets[gather.Axis] = Picks(operands, shape[gather.Axis], strides[gather.Axis]);

        return TensorData.Take(operands[0], operands.Output.Shape, SourceIndices.Combine(offsets));
    }

    private static int[] Picks(Operands operands, int size, int stride) => Array.ConvertAll(operands[1].Integers, index =>
        index >= -size && index < size
            ? (int)(index < 0 ? index + size : index) * stride
            : throw operands.Invalid("index " + index + " is outside an axis of " + size));
}
