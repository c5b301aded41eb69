using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class SoftmaxReference
{
    public static Tensor Evaluate(Softmax softmax, Operands operands)
    {
        var shape = operands[0].Shape;
        int size = shape[softmax.Axis], inner = shape.Strides()[softmax.Axis];
        var values = operands[0].ToDoubles();
        for (int first = 0; first < values.Length; first++)
        {
            if (first / inner % size == 0)
                Normalize(values, first, inner, size, softmax.Log);
        }

        return TensorData.FromDoubles(operands.Output, values);
    }

    /// <summary>Works in place on <paramref name="size"/> elements that lie <paramref name="stride"/> apart.</summary>
    private static void Normalize(double[] values, int first, int stride, int size, bool log)
    {
        double maximum = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < size; i++)
            maximum = Math.Max(maximum, values[first + (i * stride)]);
        for (int i = 0; i < size; i++)
            sum += Math.Exp(values[first + (i * stride)] - maximum);

        for (int i = 0; i < size; i++)
        {
            double shifted = values[first + (i * stride)] - maximum;
            values[first + (i * stride)] = log ? shifted - Math.Log(sum) : Math.Exp(shifted) / sum;
        }
    }
}
