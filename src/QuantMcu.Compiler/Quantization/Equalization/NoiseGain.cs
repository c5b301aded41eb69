using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>
/// How much of the energy of small independent errors in each channel of each tensor reaches the outputs: squared weights, multiplied backward
/// through the network. Energy is a sum over elements, so an operator that turns P pixels into Q counts Q / P. Operators whose slope is unknown
/// count as 1; only the comparison of channels of one tensor matters.
/// </summary>
internal sealed class NoiseGain
{
    private readonly Dictionary<Value, double[]> gains = [];

    public NoiseGain(NetworkGraph graph)
    {
        foreach (var output in graph.Outputs)
            Add(output, Enumerable.Repeat(1.0, Channels(output)).ToArray());

        foreach (var node in graph.Nodes.Reverse())
        {
            foreach (var output in node.Outputs)
            {
                if (gains.TryGetValue(output, out var gain))
                    Propagate(node, output, gain);
            }
        }
    }

    /// <summary>One per channel (last axis); null where nothing of the value reaches an output.</summary>
    public double[]? Of(Value value) => gains.TryGetValue(value, out var gain) ? gain : null;

    private void Propagate(Node node, Value output, double[] gain)
    {
        if (node.Operator is Conv conv && node.Inputs[1]!.Constant is { } weights)
        {
            Add(node.Inputs[0]!, ThroughConv(node, conv, weights.ToFloats(), gain));
            return;
        }

        foreach (var input in node.Inputs)
        {
            if (input is { Constant: null } && input.Shape.Elements > 0)
                Add(input, Spread(input, output, gain, node.Operator is Reduce { Kind: ReduceKind.Mean } or AveragePool));
        }
    }

    private static double[] ThroughConv(Node node, Conv conv, float[] weights, double[] gain)
    {
        var index = new ConvIndex(conv, node.Inputs[1]!.Shape);
        double pixels = Pixels(node.Output) / Pixels(node.Inputs[0]!);
        var result = new double[Channels(node.Inputs[0]!)];
        for (int i = 0; i < weights.Length; i++)
            result[index.Input(i)] += pixels * weights[i] * weights[i] * gain[index.Output(i)];
        return result;
    }

    /// <summary>Through an operator that keeps or regroups channels: every input channel gets the mean gain of the elements that lie where its own do.</summary>
    private static double[] Spread(Value input, Value output, double[] gain, bool averages)
    {
        int channels = Channels(input);
        double ratio = (double)output.Shape.Elements / input.Shape.Elements;

        // A mean of n values has 1 / n of their variance, in 1 / n of the elements.
        double scale = averages ? ratio * ratio : ratio;
        if (channels == gain.Length)
            return Array.ConvertAll(gain, value => value * scale);

        var result = new double[channels];
        int period = Math.Max(channels, gain.Length);
        if (period % Math.Min(channels, gain.Length) != 0)
            return Enumerable.Repeat(scale * gain.Average(), channels).ToArray();

        for (int i = 0; i < period; i++)
            result[i % channels] += scale * gain[i % gain.Length] * channels / period;
        return result;
    }

    private void Add(Value value, double[] gain)
    {
        if (!gains.TryGetValue(value, out var sum))
            gains[value] = gain;
        else
            gains[value] = sum.Zip(gain, (a, b) => a + b).ToArray();
    }

    private static int Channels(Value value) => value.Shape.Rank == 0 ? 1 : value.Shape[value.Shape.Rank - 1];

    private static double Pixels(Value value) => value.Shape.Elements / (double)Channels(value);
}
