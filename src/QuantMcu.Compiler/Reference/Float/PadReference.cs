using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class PadReference
{
    public static Tensor Evaluate(Pad pad, Operands operands)
    {
        Shape shape = operands[0].Shape, output = operands.Output.Shape;
        if (pad.Mode != PadMode.Constant && shape.Elements == 0 && output.Elements > 0)
            throw operands.Invalid("an empty input has nothing to repeat");

        var strides = shape.Strides();
        var offsets = new int[shape.Rank][];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            offsets[axis] = new int[output[axis]];
            for (int i = 0; i < output[axis]; i++)
            {
                int source = Source(pad.Mode, i - pad.Begin[axis], shape[axis]);
                offsets[axis][i] = source < 0 ? SourceIndices.Outside : source * strides[axis];
            }
        }

        return TensorData.Take(operands[0], output, SourceIndices.Combine(offsets), pad.Value);
    }

    /// <summary>
    /// The input coordinate that stands for one before, in or after the input; negative where the fill value does.
    /// </summary>
    private static int Source(PadMode mode, int coordinate, int size)
    {
        if (coordinate >= 0 && coordinate < size)
            return coordinate;

        switch (mode)
        {
            case PadMode.Edge:
                return coordinate < 0 ? 0 : size - 1;
            case PadMode.Wrap:
                return Modulo(coordinate, size);
            case PadMode.Reflect:
                // There and back without repeating either end.
                int period = size == 1 ? 1 : 2 * (size - 1);
                int phase = Modulo(coordinate, period);
                return phase < size ? phase : period - phase;
            default:
                return SourceIndices.Outside;
        }
    }

    private static int Modulo(int value, int period) => ((value % period) + period) % period;
}
