using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class SliceReference
{
    public static Tensor Evaluate(Slice slice, Operands operands)
    {
        var strides = operands[0].Shape.Strides();
        var offsets = new int[strides.Length][];
        for (int axis = 0; axis < offsets.Length; axis++)
        {
            int step = slice.Steps[axis] * strides[axis], start = slice.Starts[axis] * strides[axis];
            offsets[axis] = SourceIndices.Axis(slice.Sizes[axis], step, start);
        }


        return TensorData.Take(operands[0], operands.Output.Shape, SourceIndices.Combine(offsets));
    }
}
