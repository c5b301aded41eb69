using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class QuantizeReference
{
    public static Tensor Evaluate(Quantize quantize, Operands operands)
    {
        var input = operands[0];
        var parameters = new QuantizationParameters(operands, quantize.Axis, quantize.BlockSize);
        var codes = new long[input.Shape.Elements];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = Code(quantize.To, input.At(i), parameters.Scale(i), parameters.ZeroPoint(i), input.Element);

        return Tensor.Of(input.Shape, codes, quantize.To);
    }

    /// <summary>
    /// The quotient is rounded to the input's own precision first: a quotient a little off a half is a half there, and so
    /// it is for every runtime that divides floats.
    /// </summary>
    public static long Code(ElementType to, double x, double scale, double zeroPoint, ElementType precision)
    {
        double quotient = TensorData.Round(precision, x / scale);
        return IntegerMath.Saturate(to, Math.Round(quotient, MidpointRounding.ToEven) + zeroPoint);
    }
}
