using System;

namespace QuantMcu.Compiler.Calibration;

/// <summary>How often a tensor's values fell into each of <see cref="Bins"/> equal parts of [Low, High].</summary>
public sealed class Histogram
{
    public const int Bins = 2048;

    private readonly long[] counts = new long[Bins];
    private readonly double binsPerUnit;

    /// <param name="low">Smallest value that will be counted.</param>
    /// <param name="high">Largest value that will be counted; may equal <paramref name="low"/>, then bin 0 counts all.</param>
    public Histogram(float low, float high)
    {
        Low = low;
        High = high;
        binsPerUnit = high > low ? Bins / ((double)high - low) : 0;
    }

    public float Low { get; }

    public float High { get; }

    /// <summary>Extent of one bin; 0 where all values are equal.</summary>
    public double BinWidth => ((double)High - Low) / Bins;

    /// <summary>Values counted per bin.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>The middle of a bin.</summary>
    public double Center(int bin) => Low + ((bin + 0.5) * BinWidth);

    /// <summary>Counts values that are known by bins twice as wide.</summary>
    internal void AddPairs(ReadOnlySpan<long> pairs)
    {
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            counts[2 * pair] += pairs[pair] / 2;
            counts[(2 * pair) + 1] += pairs[pair] - (pairs[pair] / 2);
        }
    }

    /// <summary>Counts values that lie in [Low, High].</summary>
    internal void Add(ReadOnlySpan<float> values)
    {
        double low = Low, scale = binsPerUnit;
        foreach (float value in values)
            counts[Math.Min(Bins - 1, (int)((value - low) * scale))]++;
    }
}
