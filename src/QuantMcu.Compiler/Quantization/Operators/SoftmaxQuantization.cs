using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Softmax and LogSoftmax: <see cref="SoftmaxLayer"/>.</summary>
internal static class SoftmaxQuantization
{
    /// <summary>e * 256 and half the sum must fit int32 together: 2^22 * 256 + 2^30 / 2.</summary>
    private const int LargestExponentBits = 22;

    public static void Add(Node node, Softmax softmax, NetworkBuilder builder)
    {
        var shape = node.Output.Shape;
        int inner = shape.Skip(softmax.Axis + 1).Aggregate(1, (product, d) => product * d);
        int length = shape[softmax.Axis];
        int bits = LargestExponentBits;
        while (bits > 0 && (long)length << bits > 1 << 30)
            bits--;
        if (bits < 12)
            throw Unsupported.Form(node, "it normalises " + length + " values", "Normalise fewer values, or leave the softmax out.");

        int x = builder.Operand(node.Inputs[0]!);
        double step = builder.Quantizer(x).Scale;
        var exponentials = Enumerable.Range(0, builder.Quantizer(x).MaxCode + 1)
            .Select(below => (int)Math.Round(Math.Exp(-below * step) * (1 << bits))).ToArray();

        // Probabilities have a quantizer of their own, whatever the assignment says: it may be another only in models that came quantized.
        int y = softmax.Log ? builder.Declare(node.Output) : builder.Declare(node.Output, SharedQuantizers.Probability);
        builder.Add(new SoftmaxLayer(node.Name, [x], y, shape.Elements / length / inner, length, inner, exponentials)
        {
            Log = softmax.Log ? Logarithm(bits, length, builder.Quantizer(x), builder.Quantizer(y)) : null,
        });
    }

    private static LogSoftmaxTable Logarithm(int exponentBits, int length, Quantizer input, Quantizer output)
    {
        double step = input.Scale;

        // The largest shift at which the largest fall, all steps of the input and the logarithm of the sum, stays below 2^30.
        double largest = ((input.MaxCode * step) + Math.Log(length) + 1) / output.Scale;
        int shift = 20;
        while (shift > 1 && largest * Math.Pow(2, shift) > 1 << 30)
            shift--;

        double unit = Math.Pow(2, shift) / output.Scale;
        var logarithms = Enumerable.Range(0, 256)
            .Select(t => t == 0 ? 0 : (int)Math.Round(Math.Log(1 + ((t + 0.5) / 256)) * unit)).ToArray();
        return new LogSoftmaxTable(
            exponentBits, (int)Math.Round(Math.Log(2) * unit), logarithms, (int)Math.Round(step * unit), shift, output.ZeroPoint);
    }
}
