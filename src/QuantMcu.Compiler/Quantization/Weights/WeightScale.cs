using System;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>Scale of one output channel's weights.</summary>
internal static class WeightScale
{
    private const double ShrinkStep = 0.01;

    /// <summary>The scale with the least (weighted) squared error among the largest weight's and some that clip it; 0 for a channel of zeros.</summary>
    public static double Best(float[] weights, int start, int count, double[]? importance, int bits, bool clip = true)
    {
        double largest = 0;
        for (int i = start; i < start + count; i++)
            largest = Math.Max(largest, Math.Abs((double)weights[i]));

        int maxCode = (1 << (bits - 1)) - 1;
        double full = largest / maxCode;
        if (full < 1e-30)
            return 0;

        double smallest = SmallestShrink(bits);
        double best = full, bestError = SquaredError(weights, start, count, importance, full, maxCode);
        for (int step = 1; clip && 1 - (step * ShrinkStep) >= smallest; step++)
        {
            double scale = full * (1 - (step * ShrinkStep));
            double error = SquaredError(weights, start, count, importance, scale, maxCode);
            if (error < bestError)
                (best, bestError) = (scale, error);
        }

        return best;
    }

    /// <summary>The fewer codes, the more is gained by clipping.</summary>
    private static double SmallestShrink(int bits) => bits >= 8 ? 0.70 : bits >= 4 ? 0.35 : 0.1;

    public static double SquaredError(float[] weights, int start, int count, double[]? importance, double scale, int maxCode)
    {
        double error = 0;
        for (int i = 0; i < count; i++)
        {
            double weight = weights[start + i];
            double code = Math.Max(-maxCode, Math.Min(maxCode, Math.Round(weight / scale)));
            double difference = weight - (code * scale);
            error += difference * difference * (importance is null ? 1 : importance[i]);
        }

        return error;
    }
}
