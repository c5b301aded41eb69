using System;
using System.Linq;
using System.Numerics;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class RequantizationPlannerTests
{
    private static readonly Quantizer Output = new(1, 37);

    /// <summary>Exact: the ratio is a double, so a rational, and nothing is rounded but the comparison at the end.</summary>
    private static double ErrorInCodes(Requantization requantization, int accumulator, int channel, double ratio)
    {
        double exact = Math.Min(Math.Max((accumulator * ratio) + requantization.ZeroPoint, requantization.Min), requantization.Max);
        return Math.Abs(requantization.Apply(accumulator, channel) - exact);
    }

    [Fact]
    public void Plan_is_within_a_64th_of_a_code_of_exact_rounding_for_real_ratios()
    {
        var random = new Random(3);
        double worst = 0;
        for (int trial = 0; trial < 300; trial++)
        {
            int bits = random.Next(10, 27);
            var range = new AccumulatorRange(-(1 << bits), 1 << bits);

            // A ratio that spreads the accumulators over a few times the codes, as real layers have, and channels down to a 1000th of it.
            double ratio = 255 * Math.Pow(2, random.NextDouble() * 4) / (1 << bits) / 2;
            var ratios = Enumerable.Range(0, 5).Select(_ => ratio * Math.Pow(10, -3 * random.NextDouble())).ToArray();
            var plan = RequantizationPlanner.Plan(ratios, range, Output, 0, 255)!;
            for (int i = 0; i < 200; i++)
            {
                int channel = i % 5;
                worst = Math.Max(worst, ErrorInCodes(plan, random.Next(-(1 << bits), 1 << bits), channel, ratios[channel]));
            }
        }

        Assert.InRange(worst, 0.49, 0.5 + (1.0 / 64));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(0.00123)]
    [InlineData(1e-9)]
    [InlineData(7.5)]
    public void Plan_keeps_all_bits_of_the_largest_multiplier(double ratio)
    {
        var plan = RequantizationPlanner.Plan([ratio], new AccumulatorRange(-70000, 70000), Output, 0, 255)!;

        double represented = plan.Multiplier(0) * Math.Pow(2, plan.PreShift - 32 - plan.Shift);

        Assert.Equal(ratio, represented, ratio * (ratio < 1e-8 ? 1e-5 : 1e-9));
        Assert.InRange(plan.Shift, RequantizationPlanner.FractionBits, 22);
    }

    [Fact]
    public void Plan_shifts_first_only_where_the_ratio_needs_it()
    {
        var small = RequantizationPlanner.Plan([0.0012], new AccumulatorRange(-1 << 24, 1 << 24), Output, 0, 255)!;
        var large = RequantizationPlanner.Plan([0.3], new AccumulatorRange(-1 << 12, 1 << 12), Output, 0, 255)!;

        Assert.Equal(0, small.PreShift);
        Assert.True(large.PreShift > 0);
    }

    [Fact]
    public void Plan_never_lets_a_product_leave_int32()
    {
        var random = new Random(4);
        for (int trial = 0; trial < 2000; trial++)
        {
            var range = new AccumulatorRange(-random.NextInt64(1L << random.Next(1, 32)), random.NextInt64(1L << random.Next(1, 31)));
            double ratio = Math.Pow(2, random.Next(-40, 6)) * (1 + random.NextDouble());
            if (RequantizationPlanner.Plan([ratio], range, Output, 0, 255) is not { } plan)
                continue;

            foreach (long end in new[] { range.Min, range.Max })
            {
                BigInteger shifted = new BigInteger(end) << plan.PreShift;
                Assert.InRange(shifted, int.MinValue, int.MaxValue);
                Assert.InRange(((shifted * plan.Multiplier(0)) >> 32) + plan.Addend, int.MinValue, int.MaxValue);
            }
        }
    }

    [Fact]
    public void Plan_refuses_what_32_bits_cannot_scale() =>
        Assert.Null(RequantizationPlanner.Plan([40], new AccumulatorRange(0, 1 << 29), Output, 0, 255));

    [Fact]
    public void Equal_ratios_become_one_multiplier() =>
        Assert.Single(RequantizationPlanner.Plan([0.25, 0.25], new AccumulatorRange(0, 100), Output, 0, 255)!.Multipliers);
}
