using System;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Weights;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class WeightQuantizationTests
{
    [Fact]
    public void Codes_are_symmetric_and_reproduce_the_weights_to_half_a_step()
    {
        var random = new Random(1);
        var weights = Enumerable.Range(0, 64).Select(_ => (float)((random.NextDouble() * 2) - 1)).ToArray();

        var codes = QuantizedWeights.Of(weights, 16, QuantizationSettings.Default);

        Assert.Equal(4, codes.Scales.Length);
        Assert.All(codes.Codes, code => Assert.InRange(code, -127, 127));
        for (int i = 0; i < weights.Length; i++)
        {
            double scale = codes.Scales[i / 16];
            double reachable = Math.Clamp(weights[i], -127 * scale, 127 * scale);
            Assert.InRange(Math.Abs(reachable - (scale * codes.Codes[i])), 0, scale * 0.5001);
        }
    }

    [Fact]
    public void Scale_is_never_worse_than_the_one_of_the_largest_weight()
    {
        var random = new Random(2);
        for (int trial = 0; trial < 50; trial++)
        {
            var weights = Enumerable.Range(0, 72).Select(_ => (float)Math.Pow((random.NextDouble() * 2) - 1, 3)).ToArray();
            double full = weights.Max(weight => Math.Abs((double)weight)) / 127;

            double best = WeightScale.Best(weights, 0, weights.Length, null, 8);

            Assert.True(Error(best) <= Error(full));

            double Error(double scale) => WeightScale.SquaredError(weights, 0, weights.Length, null, scale, 127);
        }
    }

    [Fact]
    public void A_channel_of_zeros_takes_the_scale_of_the_largest_channel()
    {
        var codes = QuantizedWeights.Of([0f, 0f, 1f, -2f], 2, QuantizationSettings.Default);

        Assert.Equal(codes.Scales[1], codes.Scales[0]);
        Assert.Equal([0, 0], codes.Codes.Take(2).Select(code => (int)code));
    }
}
