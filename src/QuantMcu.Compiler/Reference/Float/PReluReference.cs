using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class PReluReference
{
    public static Tensor Evaluate(Operands operands)
    {
        var values = operands[0].ToDoubles();
        var slope = operands[1];
        var slopeIndices = SourceIndices.Strided(operands.Output.Shape, Broadcast.Strides(slope.Shape, operands.Output.Shape));
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < 0)
                values[i] *= slope.At(slopeIndices[i]);
        }

        return TensorData.FromDoubles(operands.Output, values);
    }
}
