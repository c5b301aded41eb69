using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class DequantizeReference
{
    public static Tensor Evaluate(Dequantize dequantize, Operands operands)
    {
        var values = operands[0].ToDoubles();
        var parameters = new QuantizationParameters(operands, dequantize.Axis, dequantize.BlockSize);
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] - parameters.ZeroPoint(i)) * parameters.Scale(i);

        return TensorData.FromDoubles(operands.Output, values);
    }
}
