using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;
using QuantMcu.Compiler.Quantization.Weights;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Conv, depthwise and fully connected: <see cref="ConvLayer"/>.</summary>
internal static class ConvQuantization
{
    /// <summary>Bound on a channel's accumulator that the choice of scales keeps: half of int32, so partial sums in any order fit as well.</summary>
    private const long AccumulatorLimit = 1L << 30;

    public static void Add(Node node, Conv conv, NetworkBuilder builder)
    {
        if (conv.Layout != Layout.ChannelsLast || conv.Window.Rank != 2)
            throw Unsupported.Form(node, "it is not a 2-D convolution with channels last", "Export the model with 1-D or 2-D convolutions.");

        int x = builder.Operand(node.Inputs[0]!);
        var input = builder.Quantizer(x);
        float[] original = Floats(node, 1, builder);
        var (codes, weights) = ImportedWeights.Of(node, builder) is { } imported ? (imported, original) : builder.Weights(node, original, x);
        double[] bias = Bias(node, builder);
        int y = builder.Declare(node.Output);
        var output = builder.Quantizer(y);
        codes = FitAccumulators(node, codes, weights, bias, input, output);
        if (!codes.Imported && builder.Sampled?.FloatMeans(node.Inputs[0]!) is { } means)
            BiasCorrection.Correct(bias, original, codes, node, means, builder.Sampled.IntegerMeans(node.Inputs[0]!, x));

        codes = FitAccumulators(node, codes, weights, bias, input, output);
        int[] biasCodes = bias.Select((_, m) => checked((int)BiasCode(codes, bias, input, m))).ToArray();
        builder.Add(new ConvLayer(
            node.Name, [x], y, conv.Window, conv.Groups, codes.Codes, BitWidths.InMemory(codes.Bits), codes.Scales, biasCodes,
            Requantize(node, conv, codes, biasCodes, input, output), PadCodes(conv, input, builder.Shape(x)[3]))
        {
            FullyConnected = node.Inputs[0]!.Shape[1] * node.Inputs[0]!.Shape[2] == 1 && conv.Window.Taps == 1,
        });
    }

    private static Requantization Requantize(
        Node node, Conv conv, QuantizedWeights codes, int[] bias, Quantizer input, Quantizer output)
    {
        var ratios = Ratios(codes, input, output);
        long min = 0, max = 0;
        for (int m = 0; m < bias.Length; m++)
        {
            var range = AccumulatorRange.Conv(codes.Codes, m * codes.PerChannel, codes.PerChannel, bias[m], input.MaxCode);
            min = Math.Min(min, range.Min);
            max = Math.Max(max, range.Max);
        }

        var (low, high) = CodeRange.Of(conv.Clamp, output);
        return RequantizationPlanner.Plan(ratios, new AccumulatorRange(min, max), output, low, high)
            ?? throw Unsupported.Overflow(node, "accumulators reach " + Math.Max(-min, max));
    }

    private static double[] Ratios(QuantizedWeights codes, Quantizer input, Quantizer output) =>
        Array.ConvertAll(codes.Scales, scale => input.Scale * scale / output.Scale);

    /// <summary>
    /// The bias in accumulator units, with the input's zero point folded in: sum w * (x - Z) = sum w * x - Z * sum w.
    /// </summary>
    private static long BiasCode(QuantizedWeights codes, double[] bias, Quantizer input, int channel)
    {
        double code = Math.Round(bias[channel] / (input.Scale * codes.Scales[channel]), MidpointRounding.ToEven);
        double limited = Math.Max(-long.MaxValue / 4, Math.Min(long.MaxValue / 4, code));
        return (long)limited - ((long)input.ZeroPoint * codes.Sum(channel));
    }

    /// <summary>
    /// Makes the scale of a channel coarser until its accumulator is proved to fit: needed for vast sums or for tiny weights beside a large bias.
    /// Where other channels' scales are so coarse that all accumulators have to be shifted left first, it has to leave room for that.
    /// </summary>
    private static QuantizedWeights FitAccumulators(
        Node node, QuantizedWeights codes, float[] weights, double[] bias, Quantizer input, Quantizer output)
    {
        long limit = AccumulatorLimit >> RequantizationPlanner.LeastPreShift(Ratios(codes, input, output));
        for (int m = 0; m < bias.Length; m++)
        {
            for (int attempt = 0; Magnitude(m) is var magnitude && magnitude > limit; attempt++)
            {
                if (codes.Imported || attempt == 8)
                    throw Unsupported.Overflow(node, "output channel " + m + " reaches " + magnitude);

                codes = codes.WithScale(weights, m, codes.Scales[m] * (1.01 * magnitude / limit));
            }
        }

        return codes;

        long Magnitude(int m)
        {
            long code = BiasCode(codes, bias, input, m);
            return AccumulatorRange.Conv(codes.Codes, m * codes.PerChannel, codes.PerChannel, code, input.MaxCode).Magnitude;
        }
    }

    private static byte[] PadCodes(Conv conv, Quantizer input, int channels)
    {
        var codes = new byte[channels];
        for (int c = 0; c < channels; c++)
            codes[c] = (byte)input.Code(conv.PadValues.Length == 0 ? 0 : conv.PadValues[c]);
        return codes;
    }

    private static float[] Floats(Node node, int input, NetworkBuilder builder)
    {
        var constant = builder.Constant(node.Inputs[input]!)
            ?? throw new ModelException(OnnxRules.NotConstant, node.Name, "W", node.Operator.Name, node.Inputs[input]!.Name);
        float[] values = constant.ToFloats();
        foreach (float value in values)
        {
            if (float.IsNaN(value) || float.IsInfinity(value))
                throw new ModelException(QuantizationRules.NotFinite, node.Name, node.Operator.Name, node.Inputs[input]!.Name);
        }

        return values;
    }

    private static double[] Bias(Node node, NetworkBuilder builder)
    {
        bool present = node.Inputs.Length > 2 && node.Inputs[2] is not null;
        return present ? Floats(node, 2, builder).Select(value => (double)value).ToArray() : new double[node.Output.Shape[3]];
    }
}
