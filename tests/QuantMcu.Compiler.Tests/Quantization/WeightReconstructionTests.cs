using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Compiler.Reference.Integer;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class WeightReconstructionTests
{
    private const int Channels = 6, Outputs = 3, WindowsOfSample = 16;

    private readonly ConvWindows conv = Windows();
    private readonly float[] weights = Normals(new Random(1), Outputs * Channels);

    [Fact]
    public void A_channel_that_was_lost_is_told_by_those_that_go_with_it()
    {
        // Channel 0 is the mean of the others but for a little noise; the integer network has lost it.
        var (floats, integers) = Samples(seed: 2, lose: x => x[0] = 0);
        var (freshFloats, freshIntegers) = Samples(seed: 3, lose: x => x[0] = 0);

        var (changed, covariance) = WeightReconstruction.Solve(conv, weights, floats, integers, CancellationToken.None);

        double before = Error(weights, freshFloats, freshIntegers), after = Error(changed, freshFloats, freshIntegers);
        Assert.True(after < 0.1 * before, before + " became " + after);
        Assert.Equal(floats.Sum(sample => sample.Length / Channels), covariance.Count);
    }

    [Fact]
    public void Nothing_changes_when_nothing_was_lost()
    {
        var (floats, _) = Samples(seed: 2, lose: _ => { });

        var (changed, _) = WeightReconstruction.Solve(conv, weights, floats, floats, CancellationToken.None);

        Assert.Equal(weights, changed);
    }

    [Fact]
    public void Nothing_changes_when_one_half_of_the_samples_contradicts_the_other()
    {
        // Channel 1 leaks into channel 2, with one sign in even samples and the other in odd ones.
        int window = 0;
        var (floats, integers) = Samples(seed: 4, lose: x => x[2] += window++ / WindowsOfSample % 2 == 0 ? x[1] : -x[1]);

        var (changed, _) = WeightReconstruction.Solve(conv, weights, floats, integers, CancellationToken.None);

        Assert.Equal(weights, changed);
    }

    [Fact]
    public void A_factor_solves_the_damped_system()
    {
        var random = new Random(5);
        double[] covariance = new double[25];
        for (int row = 0; row < 9; row++)
        {
            double[] values = Normals(random, 5).Select(value => (double)value).ToArray();
            for (int i = 0; i < 25; i++)
                covariance[i] += values[i / 5] * values[i % 5];
        }

        double[] b = [1, -2, 3, 0.5, 4];
        double added = 0.1 * Enumerable.Range(0, 5).Average(i => covariance[i * 6]);

        double[] x = RoundingFactor.Of(covariance, 0.1, CancellationToken.None).Solve(b);

        for (int i = 0; i < 5; i++)
            Assert.Equal(b[i], Enumerable.Range(0, 5).Sum(j => (covariance[(i * 5) + j] + (i == j ? added : 0)) * x[j]), 1e-9);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 8)]
    [InlineData(8, 4)]
    public void A_deep_network_of_few_bits_comes_closer_to_float_on_samples_never_seen(int weightBits, int mapBits)
    {
        double without = Noise(Settings(false), weightBits, mapBits), with = Noise(Settings(true), weightBits, mapBits);

        Assert.True(with < 0.85 * without, without + " became " + with);
    }

    [Fact]
    public void A_network_of_8_bits_stays_as_it_is()
    {
        Assert.Equal(Noise(Settings(false), 8, 8), Noise(Settings(true), 8, 8));
    }

    private static QuantizationSettings Settings(bool reconstruction) => QuantizationSettings.Default with { Reconstruction = reconstruction };

    private static ConvWindows Windows()
    {
        var sketch = new GraphSketch();
        return new ConvWindows(sketch.Build(sketch.Conv(sketch.Input(1, 4, 4, Channels), Outputs)).Nodes.Single(node => node.Operator is Conv));
    }

    /// <summary>Windows of both networks, sample by sample.</summary>
    private static (List<float[]> Floats, List<float[]> Integers) Samples(int seed, Action<float[]> lose)
    {
        var random = new Random(seed);
        var floats = new List<float[]>();
        var integers = new List<float[]>();
        for (int sample = 0; sample < 40; sample++)
        {
            var windows = Enumerable.Range(0, WindowsOfSample).Select(_ =>
            {
                float[] x = Normals(random, Channels);
                x[0] = x.Skip(1).Average() + (0.05f * x[0]);
                return x;
            }).ToList();
            floats.Add(windows.SelectMany(x => x).ToArray());
            foreach (float[] x in windows)
                lose(x);
            integers.Add(windows.SelectMany(x => x).ToArray());
        }

        return (floats, integers);
    }

    private static double Error(float[] changed, IReadOnlyList<float[]> floats, IReadOnlyList<float[]> integers)
    {
        float[] original = Normals(new Random(1), Outputs * Channels);
        double sum = 0;
        for (int sample = 0; sample < floats.Count; sample++)
        {
            for (int window = 0; window < floats[sample].Length; window += Channels)
            {
                for (int m = 0; m < Outputs; m++)
                {
                    double difference = Enumerable.Range(0, Channels).Sum(i => (original[(m * Channels) + i] * floats[sample][window + i])
                        - (changed[(m * Channels) + i] * integers[sample][window + i]));
                    sum += difference * difference;
                }
            }
        }

        return sum;
    }

    private static float[] Normals(Random random, int count) => Enumerable.Range(0, count)
        .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).ToArray();

    /// <summary>Mean squared error of the outputs of a deep network on fresh samples.</summary>
    private static double Noise(QuantizationSettings settings, int weightBits, int mapBits)
    {
        var sketch = new GraphSketch(11);
        var x = sketch.Input(1, 8, 8, 4);
        for (int i = 0; i < 4; i++)
            x = sketch.Conv(x, 12, kernel: i % 2 == 0 ? 3 : 1, pad: i % 2 == 0 ? 1 : 0, clamp: Clamp.Relu);
        var graph = sketch.Build(sketch.Conv(x, 6));
        var input = graph.Inputs[0];
        var random = new Random(2);
        var all = Enumerable.Range(0, 160).Select(_ => new[] { Tensor.Of(input.Shape, Smooth(random, input.Shape)) }).ToList();
        var samples = all.Take(128).ToList();
        var convs = graph.Nodes.Where(node => node.Operator is Conv).ToList();
        var bits = new BitWidths(
            convs.SkipLast(1).ToDictionary(node => node.Output, _ => mapBits), convs.Skip(1).ToDictionary(node => node, _ => weightBits));
        var request = new QuantizationRequest(graph, graph, null, TestCalibration.Collect(graph, samples), TestCalibration.Samples(samples))
        {
            Bits = bits,
            Settings = settings,
        };
        var network = NetworkQuantizer.Quantize(request, new List<Diagnostic>(), CancellationToken.None);
        var from = network.Tensor(network.Inputs[0].Tensor).Quantizer;
        var to = network.Tensor(network.Outputs[0].Tensor).Quantizer;
        double noise = 0;
        foreach (var sample in all.Skip(samples.Count))
        {
            float[] expected = FloatInterpreter.Run(graph, sample, CancellationToken.None)[0].Floats;
            byte[] actual = IntegerInterpreter.Run(network, [sample[0].Floats.Select(value => (byte)from.Code(value)).ToArray()])[0];
            noise += actual.Select((code, i) => Math.Pow(to.Real(code) - expected[i], 2)).Sum();
        }

        return noise;
    }

    /// <summary>Images whose channels go together, as those of real networks do.</summary>
    private static float[] Smooth(Random random, Shape shape)
    {
        double level = random.NextDouble(), slope = random.NextDouble() - 0.5;
        return Enumerable.Range(0, shape.Elements)
            .Select(i => (float)Math.Max(0, level + (slope * (i / shape[3] % shape[2]) / shape[2]) + (0.2 * random.NextDouble()))).ToArray();
    }
}
