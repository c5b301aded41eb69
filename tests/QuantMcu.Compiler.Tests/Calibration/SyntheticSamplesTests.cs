using System;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class SyntheticSamplesTests
{
    [Fact]
    public void Samples_differ_from_each_other_and_not_from_run_to_run()
    {
        var graph = Graph(new Shape(1, 9, 7, 3));

        float[] Sample(int index) => new SyntheticSamples(graph, codes: true)[index][0].Floats;
        Assert.Equal(Sample(3), Sample(3));
        Assert.NotEqual(Sample(3), Sample(4));
    }

    [Fact]
    public void Codes_are_whole_numbers_that_use_their_range()
    {
        var samples = new SyntheticSamples(Graph(new Shape(1, 64, 64, 3)), codes: true);
        float[] codes = Enumerable.Range(0, samples.Count).SelectMany(i => samples[i][0].Floats).ToArray();

        Assert.All(codes, code => Assert.True(code == MathF.Floor(code) && code is >= 0 and <= 255));
        Assert.InRange(codes.Average(), 110, 145);
        Assert.Equal(0, codes.Min());
        Assert.Equal(255, codes.Max());
    }

    [Theory]
    [InlineData(new[] { 1, 64, 64, 3 })]
    [InlineData(new[] { 1, 1, 2000, 1 })]
    [InlineData(new[] { 1, 1, 1, 500 })]
    [InlineData(new[] { 1, 2000 })]
    public void Real_samples_have_mean_0_and_standard_deviation_1(int[] shape)
    {
        var samples = new SyntheticSamples(Graph(new Shape(shape)), codes: false, count: 64);
        double[] values = Enumerable.Range(0, samples.Count).SelectMany(i => samples[i][0].ToDoubles()).ToArray();
        double mean = values.Average();

        Assert.InRange(mean, -0.15, 0.15);
        Assert.InRange(Math.Sqrt(values.Average(value => value * value) - (mean * mean)), 0.85, 1.15);
    }

    [Fact]
    public void Images_are_smooth_where_noise_is_not()
    {
        float[] image = new SyntheticSamples(Graph(new Shape(1, 64, 64, 1)), codes: false)[0][0].Floats;
        float[] noise = new SyntheticSamples(Graph(new Shape(1, 4096)), codes: false)[0][0].Floats;

        Assert.True(Roughness(image) < 0.5 * Roughness(noise));
    }

    /// <summary>Mean square of the difference of neighbours, over the variance.</summary>
    private static double Roughness(float[] values)
    {
        double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
        return values.Skip(1).Zip(values, (a, b) => (a - b) * (a - b)).Average() / variance;
    }

    private static NetworkGraph Graph(Shape shape)
    {
        var input = RandomGraphs.Input(shape);
        return new NetworkGraph("input", [input], [input], []);
    }
}
