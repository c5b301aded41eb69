using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reference.Float;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class SecondOrderRoundingTests
{
    [Fact]
    public void A_factor_is_the_matrix_that_it_was_made_from()
    {
        double[] covariance = RandomCovariance(new Random(1), 7);

        var factor = RoundingFactor.Of(covariance, 0.01, CancellationToken.None);

        for (int i = 0; i < 7; i++)
        {
            for (int j = i; j < 7; j++)
            {
                double product = Enumerable.Range(j, 7 - j).Sum(k => Upper(i, k) * factor.Diagonal[k] * Upper(j, k));
                Assert.Equal(factor.Covariance[(i * 7) + j], product, 1e-9);
            }
        }

        double mean = Enumerable.Range(0, 7).Average(i => covariance[i * 8]);
        Assert.Equal(covariance.Sum() + (7 * 0.01 * mean), factor.Covariance.Sum(), 1e-9);

        double Upper(int row, int column) => row == column ? 1 : row < column ? factor.Feedback[(row * 7) + column] : 0;
    }

    [Theory]
    [InlineData(4, 1.3)]
    [InlineData(2, 1.05)]
    public void Short_channels_come_close_to_the_best_codes_there_are(int bits, double share)
    {
        // All codes of five weights at 2 bits can be tried; at 4 bits, of three.
        int size = bits == 2 ? 5 : 3, largest = bits == 2 ? 1 : 7;
        var random = new Random(3);
        double ours = 0, best = 0, plain = 0;
        for (int trial = 0; trial < 40; trial++)
        {
            double[] covariance = RandomCovariance(random, size);
            float[] weights = Enumerable.Range(0, size).Select(_ => (float)Normal(random)).ToArray();
            var codes = new sbyte[size];
            double scale = Rounding(covariance, bits).Round(Array.ConvertAll(weights, weight => (double)weight), codes, 0);

            ours += Error(covariance, weights, codes.Select(code => code * scale).ToArray());
            best += BestError(covariance, weights, largest);
            var rounded = QuantizedWeights.Of(weights, size, QuantizationSettings.Default, bits: bits);
            plain += Error(covariance, weights, rounded.Codes.Select(code => code * rounded.Scales[0]).ToArray());
        }

        Assert.InRange(ours / best, 1 - 1e-9, share);
        Assert.True(ours < 0.7 * plain, ours + " against " + plain);
    }

    [Theory]
    [InlineData(4, 24, 16, 1, 1, 0.85)]
    [InlineData(2, 24, 16, 1, 1, 0.85)]
    [InlineData(4, 8, 8, 1, 3, 0.85)]
    [InlineData(2, 8, 8, 2, 3, 0.92)]
    [InlineData(4, 12, 12, 12, 3, 0.95)]
    [InlineData(2, 12, 12, 12, 3, 0.98)]
    public void Layers_come_out_closer_to_the_float_network_than_with_weights_rounded_by_themselves(
        int bits, int channels, int outputs, int groups, int kernel, double share)
    {
        var sketch = new GraphSketch();
        var hidden = sketch.Conv(sketch.Input(1, 9, 9, 6), channels, kernel: 3, pad: 1, clamp: Graph.Operators.Clamp.Relu);
        var graph = sketch.Build(sketch.Conv(hidden, outputs, kernel, pad: kernel / 2, groups: groups));
        var weights = new BitWidths(new Dictionary<Value, int>(), new Dictionary<Node, int> { [graph.Nodes[1]] = bits });

        double plain = Sketch(QuantizationSettings.Default with { SecondOrderWeights = false }).MeanSquaredError();
        double second = Sketch(QuantizationSettings.Default).MeanSquaredError();

        Assert.True(second < share * plain, second + " is not less than " + share + " of " + plain);

        QuantizedSketch Sketch(QuantizationSettings settings) =>
            new(graph, change: request => request with { Bits = weights, Settings = settings });
    }

    [Fact]
    public void Codes_are_the_same_for_any_number_of_threads()
    {
        var sketch = new GraphSketch();
        var hidden = sketch.Conv(sketch.Input(1, 9, 9, 6), 12, kernel: 3, clamp: Graph.Operators.Clamp.Relu);
        var graph = sketch.Build(sketch.Conv(sketch.Conv(hidden, 12, kernel: 3, groups: 12), 20));
        var samples = Samples(graph, 9);

        var expected = Codes(1);
        foreach (int threads in new[] { 2, 5 })
            Assert.Equal(expected, Codes(threads));

        List<(double, string)> Codes(int threads)
        {
            var rounding = new WeightRounding(graph, TestCalibration.Samples(samples), holdsOut: false, threads);
            return graph.Nodes.Select(node => rounding.Of(node, node.Inputs[1]!.Constant!.ToFloats(), 4, true, CancellationToken.None)!)
                .Select(weights => (weights.Scales.Sum(), string.Join(" ", weights.Codes))).ToList();
        }
    }

    [Fact]
    public void Where_others_judge_a_dense_layer_loses_less_on_samples_it_was_not_rounded_for()
    {
        const int Inputs = 96, Outputs = 24;
        var sketch = new GraphSketch();
        var graph = sketch.Build(sketch.Conv(sketch.Input(1, 1, 1, Inputs), Outputs));
        var samples = Samples(graph, 128);
        var node = graph.Nodes[0];
        float[] weights = node.Inputs[1]!.Constant!.ToFloats();

        Assert.True(Error(holdsOut: true) < 0.95 * Error(holdsOut: false));

        double Error(bool holdsOut)
        {
            var some = TestCalibration.Samples(samples.Take(48).ToArray());
            var codes = new WeightRounding(graph, some, holdsOut, 1).Of(node, weights, 4, true, CancellationToken.None)!;
            return samples.Skip(48).Sum(sample => Enumerable.Range(0, Outputs).Sum(m => Math.Pow(Enumerable.Range(0, Inputs).Sum(i =>
                sample[0].Floats[i] * (weights[(m * Inputs) + i] - (codes.Scales[m] * codes.Codes[(m * Inputs) + i]))), 2)));
        }
    }

    [Fact]
    public void Windows_longer_than_a_block_and_inputs_that_never_vary_are_rounded_too()
    {
        var sketch = new GraphSketch();
        var wide = sketch.Conv(sketch.Input(1, 1, 1, 4), 1300, clamp: new Graph.Operators.Clamp(-0.01f, 0));
        var graph = sketch.Build(sketch.Conv(wide, 3));
        var bits = new BitWidths(new Dictionary<Value, int>(), graph.Nodes.ToDictionary(node => node, _ => 2));

        var network = new QuantizedSketch(graph, change: request => request with { Bits = bits }).Network;

        var layer = (ConvLayer)network.Layers[1];
        Assert.Equal(1300 * 3, layer.Weights.Length);
        Assert.Contains(layer.Weights, weight => weight != 0);
    }

    [Fact]
    public void Rounding_can_be_cancelled()
    {
        var sketch = new GraphSketch();
        var graph = sketch.Build(sketch.Conv(sketch.Input(1, 6, 6, 4), 8));
        var rounding = new WeightRounding(graph, TestCalibration.Samples(Samples(graph, 4)));
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => rounding.Of(graph.Nodes[0], graph.Nodes[0].Inputs[1]!.Constant!.ToFloats(), 4, true, source.Token));
    }

    private static SecondOrderRounding Rounding(double[] covariance, int bits)
    {
        int size = (int)Math.Sqrt(covariance.Length);
        double[] importance = Enumerable.Range(0, size).Select(i => covariance[i * (size + 1)]).ToArray();
        return new SecondOrderRounding([RoundingFactor.Of(covariance, 1e-6, CancellationToken.None)], importance, bits);
    }

    private static double BestError(double[] covariance, float[] weights, int largest)
    {
        double best = double.PositiveInfinity;
        int codes = (2 * largest) + 1;
        for (int combination = 0; combination < Math.Pow(codes, weights.Length); combination++)
        {
            var code = new double[weights.Length];
            for (int i = 0, rest = combination; i < code.Length; i++, rest /= codes)
                code[i] = (rest % codes) - largest;

            // The scale that fits these codes best.
            double energy = Product(covariance, code, code), fitted = Product(covariance, code, Array.ConvertAll(weights, weight => (double)weight));
            double scale = energy > 0 ? fitted / energy : 0;
            if (scale >= 0)
                best = Math.Min(best, Error(covariance, weights, Array.ConvertAll(code, c => c * scale)));
        }

        return best;
    }

    private static double Error(double[] covariance, float[] weights, double[] rounded)
    {
        double[] difference = weights.Zip(rounded, (weight, value) => weight - value).ToArray();
        return Product(covariance, difference, difference);
    }

    private static double Product(double[] covariance, double[] a, double[] b) =>
        Enumerable.Range(0, covariance.Length).Sum(i => covariance[i] * a[i / a.Length] * b[i % a.Length]);

    private static double[] RandomCovariance(Random random, int size)
    {
        double[][] samples = Enumerable.Range(0, 2 * size).Select(_ =>
        {
            double common = Normal(random);
            return Enumerable.Range(0, size).Select(i => (common + Normal(random)) / (i + 1)).ToArray();
        }).ToArray();
        return Enumerable.Range(0, size * size).Select(i => samples.Sum(x => x[i / size] * x[i % size]) / samples.Length).ToArray();
    }

    private static List<Tensor[]> Samples(NetworkGraph graph, int count)
    {
        var random = new Random(11);
        return Enumerable.Range(0, count).Select(_ => graph.Inputs
            .Select(input => Tensor.Of(input.Shape, Enumerable.Range(0, input.Shape.Elements).Select(_ => (float)Normal(random)).ToArray()))
            .ToArray()).ToList();
    }

    private static double Normal(Random random) => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
}
