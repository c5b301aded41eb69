using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Calibration;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>
/// Chooses the quantizer of an activation: the range [low, high] around zero whose quantizer has the least squared error over the histograms of
/// the values that it must represent. Both ends are searched, since clipping rare outliers buys finer steps for the rest.
/// </summary>
internal static class RangeSearch
{
    private const int Steps = 64;

    /// <summary>The quantizer of a range: zero is a code, and no step is wasted outside.</summary>
    public static Quantizer OfRange(double low, double high, int bits = 8)
    {
        low = Math.Min(low, 0);
        high = Math.Max(high, 0);
        int maxCode = (1 << bits) - 1;
        double scale = (high - low) / maxCode;
        if (scale < 1e-30)
            return Quantizer.OfCodeBits(1, 0, bits);

        return Quantizer.OfCodeBits(scale, (int)Math.Round(-low / scale, MidpointRounding.ToEven), bits);
    }

    /// <summary>The best quantizer for all the histograms together.</summary>
    public static Quantizer Best(IReadOnlyList<Histogram> histograms, int bits = 8)
    {
        double low = Math.Min(0, histograms.Min(histogram => (double)histogram.Low));
        double high = Math.Max(0, histograms.Max(histogram => (double)histogram.High));
        double bestLow = low, bestHigh = high;
        double best = SquaredError(histograms, OfRange(low, high, bits));

        // The ends depend on each other only through the step, so two rounds of searching one and then the other settle.
        for (int round = 0; round < 2; round++)
        {
            for (int i = 1; i <= Steps; i++)
                Try(bestLow, high * i / Steps);
            for (int i = 0; i <= Steps && low < 0; i++)
                Try(low * i / Steps, bestHigh);
        }

        return OfRange(bestLow, bestHigh, bits);

        void Try(double candidateLow, double candidateHigh)
        {
            if (candidateHigh - candidateLow <= 0)
                return;

            double error = SquaredError(histograms, OfRange(candidateLow, candidateHigh, bits));
            if (error < best)
                (best, bestLow, bestHigh) = (error, candidateLow, candidateHigh);
        }
    }

    /// <summary>Sum of squared errors of all values when quantized.</summary>
    public static double SquaredError(IReadOnlyList<Histogram> histograms, Quantizer quantizer)
    {
        double error = 0;
        foreach (var histogram in histograms)
            error += SquaredError(histogram, quantizer);
        return error;
    }

    private static double SquaredError(Histogram histogram, Quantizer quantizer)
    {
        double width = histogram.BinWidth;
        var counts = histogram.Counts;
        double lowest = quantizer.Real(0), highest = quantizer.Real(quantizer.MaxCode);
        double inverse = 1 / quantizer.Scale;
        bool fine = width < quantizer.Scale / 2;
        double uniform = quantizer.Scale * quantizer.Scale / 12;
        double error = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            long count = counts[i];
            if (count == 0)
                continue;

            double value = histogram.Center(i);
            double distance;
            if (value < lowest)
                distance = value - lowest;
            else if (value > highest)
                distance = value - highest;
            else if (fine)
                distance = value - (Math.Round(value * inverse) * quantizer.Scale);
            else
            {
                error += count * uniform;
                continue;
            }

            error += count * distance * distance;
        }

        return error;
    }
}
