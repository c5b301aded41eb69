using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class BatchNormalizationReference
{
    public static Tensor Evaluate(BatchNormalization normalization, Operands operands)
    {
        var shape = operands[0].Shape;
        var values = operands[0].ToDoubles();
        Tensor scale = operands[1], bias = operands[2], mean = operands[3], variance = operands[4];
        int channels = shape.Rank > 1 ? shape[1] : 1;
        int inner = shape.Rank > 1 ? shape.Strides()[1] : 1;
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / inner % channels;
            double deviation = Math.Sqrt(variance.At(channel) + normalization.Epsilon);
            values[i] = (scale.At(channel) * (values[i] - mean.At(channel)) / deviation) + bias.At(channel);
        }

        return TensorData.FromDoubles(operands.Output, values);
    }
}
