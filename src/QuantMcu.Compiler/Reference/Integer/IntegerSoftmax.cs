using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="SoftmaxLayer"/>.</summary>
internal static class IntegerSoftmax
{
    public static void Run(SoftmaxLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        for (int outer = 0; outer < layer.Outer; outer++)
        {
            for (int inner = 0; inner < layer.Inner; inner++)
                Line(layer, x, y, (outer * layer.Length * layer.Inner) + inner);
        }
    }

    private static void Line(SoftmaxLayer layer, byte[] x, byte[] y, int start)
    {
        int top = 0;
        for (int i = 0; i < layer.Length; i++)
            top = Math.Max(top, x[start + (i * layer.Inner)]);

        int sum = 0;
        for (int i = 0; i < layer.Length; i++)
            sum += layer.Exponentials[top - x[start + (i * layer.Inner)]];

        for (int i = 0; i < layer.Length; i++)
        {
            int index = start + (i * layer.Inner);
            int below = top - x[index];
            y[index] = layer.Log is { } log
                ? (byte)Logarithm(log, below, sum)
                : (byte)Math.Min(255, ((layer.Exponentials[below] * 256) + (sum / 2)) / sum);
        }
    }

    private static int Logarithm(LogSoftmaxTable log, int below, int sum)
    {
        int highest = 0;
        while (sum >> (highest + 1) != 0)
            highest++;

        int after = (highest >= 8 ? sum >> (highest - 8) : sum << (8 - highest)) & 255;
        int logarithm = ((highest - log.ExponentBits) * log.Octave) + log.Logarithms[after];
        int fall = ((log.Step * below) + logarithm + (1 << (log.Shift - 1))) >> log.Shift;
        return Math.Min(Math.Max(log.ZeroPoint - fall, 0), 255);
    }
}
