using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>
/// Predicts the rounding noise that a group of tensors puts into the outputs, for given factors per channel. A tensor is rounded in steps of its
/// range over 255, the same for all its channels; a channel's share of the noise is divided by its factor squared. The weights that read the group
/// are divided by the factors, and rounded in steps of the largest of each output channel.
/// </summary>
internal sealed class GroupNoise
{
    private readonly List<Rounded> tensors = [];
    private readonly List<Reader> readers = [];

    public GroupNoise(ChannelGroup group, CalibrationStatistics statistics, NoiseGain gains)
    {
        Highest = new double[group.Channels];
        foreach (var tensor in group.Tensors)
        {
            if (statistics.Find(tensor) is not { } seen || gains.Of(tensor) is not { } gain)
                continue;

            tensors.Add(new Rounded(
                Array.ConvertAll([.. seen.ChannelMin], value => Math.Min(0.0, value)),
                Array.ConvertAll([.. seen.ChannelMax], value => Math.Max(0.0, value)),
                gain, tensor.Shape.Elements / group.Channels));
            double range = Math.Max(seen.Max, -seen.Min);
            for (int c = 0; c < Highest.Length; c++)
                Highest[c] = Math.Max(Highest[c], Math.Max(seen.ChannelMax[c], -seen.ChannelMin[c]) / Math.Max(range, 1e-30));
        }

        foreach (var consumer in group.Consumers)
        {
            if (gains.Of(consumer.Output) is { } gain && statistics.Find(consumer.Inputs[0]!) is { } seen)
                readers.Add(new Reader(consumer, gain, seen));
        }
    }

    /// <summary>Largest absolute value of each channel, over its tensor's, over all tensors: 1 for a channel that spans its tensor.</summary>
    public double[] Highest { get; }

    public double Predict(double[] factors) => tensors.Sum(tensor => tensor.Noise(factors)) + readers.Sum(reader => reader.Noise(factors));

    private sealed record Rounded(double[] Min, double[] Max, double[] Gain, int Pixels)
    {
        public double Noise(double[] factors)
        {
            double low = 0, high = 0, sum = 0;
            for (int c = 0; c < factors.Length; c++)
            {
                low = Math.Min(low, factors[c] * Min[c]);
                high = Math.Max(high, factors[c] * Max[c]);
                sum += Gain[c] / (factors[c] * factors[c]);
            }

            double step = (high - low) / 255;
            return Pixels * sum * step * step / 12;
        }
    }

    private sealed class Reader
    {
        private readonly ConvIndex index;
        private readonly float[] weights;
        private readonly double[] gain;
        private readonly double[] energy;
        private readonly int perOutput;
        private readonly double pixels;

        public Reader(Node conv, double[] gain, TensorStatistics input)
        {
            index = new ConvIndex((Conv)conv.Operator, conv.Inputs[1]!.Shape);
            weights = conv.Inputs[1]!.Constant!.ToFloats();
            perOutput = weights.Length / gain.Length;
            this.gain = gain;
            energy = [.. input.ChannelMeanSquare];
            pixels = conv.Output.Shape.Elements / gain.Length;
        }

        public double Noise(double[] factors)
        {
            double noise = 0;
            for (int m = 0; m < gain.Length; m++)
                noise += gain[m] * RoundingError(m, factors);
            return pixels * noise;
        }

        /// <summary>
        /// Squared error of one output channel's rounded weights, each counted by the energy of what it multiplies. It is measured, not estimated:
        /// weights that are multiples of one step, as in models that were quantized before, have none as long as they are left alone.
        /// </summary>
        private double RoundingError(int m, double[] factors)
        {
            double largest = 0, sum = 0;
            for (int i = m * perOutput; i < (m + 1) * perOutput; i++)
                largest = Math.Max(largest, Math.Abs(weights[i]) / factors[index.Input(i)]);
            if (largest == 0)
                return 0;

            double step = largest / 127;
            for (int i = m * perOutput; i < (m + 1) * perOutput; i++)
            {
                int c = index.Input(i);
                double steps = weights[i] / (factors[c] * step);
                double error = (steps - Math.Round(steps)) * step * factors[c];
                sum += energy[c] * error * error;
            }

            return sum;
        }
    }
}
