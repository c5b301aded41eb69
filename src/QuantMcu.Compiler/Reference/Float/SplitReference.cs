using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class SplitReference
{
    public static Tensor[] Evaluate(Split split, Operands operands)
    {
        var input = operands[0];
        var strides = input.Shape.Strides();
        var parts = new Tensor[split.Sizes.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            var shape = operands.OutputAt(i).Shape;
            var offsets = new int[shape.Rank][];
            for (int axis = 0; axis < shape.Rank; axis++)
                offsets[axis] = SourceIndices.Axis(shape[axis], strides[axis], axis == split.Axis ? start * strides[axis] : 0);

            parts[i] = TensorData.Take(input, shape, SourceIndices.Combine(offsets));
            start += split.Sizes[i];
        }

        return parts;
    }
}
