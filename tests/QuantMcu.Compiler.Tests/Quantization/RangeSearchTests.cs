using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Ranges;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class RangeSearchTests
{
    [Theory]
    [InlineData("normal")]
    [InlineData("relu of normal")]
    [InlineData("laplace")]
    [InlineData("outlier")]
    [InlineData("skewed")]
    public void Best_is_as_good_as_trying_every_pair_of_ends(string distribution)
    {
        var values = Samples(distribution, 3000);
        var histogram = TestCalibration.Histogram(values);
        double low = Math.Min(0, values.Min()), high = Math.Max(0, values.Max());

        double brute = double.PositiveInfinity;
        for (int i = 1; i <= 50; i++)
        {
            for (int j = 0; j <= (low < 0 ? 50 : 0); j++)
                brute = Math.Min(brute, TrueError(values, RangeSearch.OfRange(low * j / 50, high * i / 50)));
        }

        double found = TrueError(values, RangeSearch.Best([histogram]));

        Assert.True(found <= 1.02 * brute, "found " + found + ", best " + brute);
    }

    [Fact]
    public void Best_clips_a_lone_outlier_and_keeps_a_bounded_range_whole()
    {
        var many = Samples("normal", 300_000).Append(15f).ToList();
        var uniform = Enumerable.Range(0, 20000).Select(i => 6f * i / 19999).ToList();

        Assert.True(RangeSearch.Best([TestCalibration.Histogram(many)]).Real(255) < 0.8 * 15);
        Assert.Equal(6.0, RangeSearch.Best([TestCalibration.Histogram(uniform)]).Real(255), 0.1);
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(-3, -0.5)]
    [InlineData(-1, 2)]
    [InlineData(0, 0)]
    public void Zero_is_exactly_a_code(double low, double high)
    {
        var quantizer = RangeSearch.OfRange(low, high);

        Assert.InRange(quantizer.ZeroPoint, 0, 255);
        Assert.Equal(0.0, quantizer.Real(quantizer.Code(0)));
        Assert.True(quantizer.Real(0) <= low + quantizer.Scale && quantizer.Real(255) >= high - quantizer.Scale);
    }

    private static double TrueError(List<float> values, Quantizer quantizer) =>
        values.Sum(value => Math.Pow(value - quantizer.Real(quantizer.Code(value)), 2));

    private static List<float> Samples(string distribution, int count)
    {
        var random = new Random(5);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var values = Enumerable.Range(0, count).Select(i => (float)(distribution switch
        {
            "normal" or "outlier" => Normal(),
            "relu of normal" => Math.Max(0, Normal()),
            "laplace" => -Math.Log(1 - random.NextDouble()) * Math.Sign(random.NextDouble() - 0.5),
            _ => Math.Exp(Normal()) - 0.5,
        })).ToList();
        if (distribution == "outlier")
            values[0] = 30;
        return values;
    }
}
