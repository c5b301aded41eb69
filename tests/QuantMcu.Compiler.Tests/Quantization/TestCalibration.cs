using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Ranges;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Statistics of all activations over samples, kept whole and counted afterwards.</summary>
internal static class TestCalibration
{
    public const int Bins = 2048;

    public static Dictionary<Value, ActivationStatistic> Collect(NetworkGraph graph, IEnumerable<Tensor[]> samples)
    {
        var seen = new Dictionary<Value, List<float>>();
        var executor = new FloatExecutor(graph);
        foreach (var sample in samples)
        {
            executor.Run(sample, (value, values) =>
            {
                if (!seen.TryGetValue(value, out var all))
                    seen[value] = all = [];
                all.AddRange(values.ToArray());
            });
        }

        return seen.ToDictionary(pair => pair.Key, pair => Statistic(pair.Value, pair.Key.Shape));
    }

    public static ActivationStatistic Statistic(List<float> values, Shape shape)
    {
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        double[] mean = new double[channels], min = new double[channels], max = new double[channels];
        Array.Fill(min, double.PositiveInfinity);
        Array.Fill(max, double.NegativeInfinity);
        for (int i = 0; i < values.Count; i++)
        {
            int c = i % channels;
            mean[c] += values[i] / (double)(values.Count / channels);
            min[c] = Math.Min(min[c], values[i]);
            max[c] = Math.Max(max[c], values[i]);
        }

        return new ActivationStatistic(Histogram(values), mean, min, max);
    }

    public static ValueHistogram Histogram(IReadOnlyCollection<float> values)
    {
        double low = values.Min(), high = values.Max();
        var counts = new long[Bins];
        foreach (float value in values)
            counts[high > low ? Math.Min(Bins - 1, (int)((value - low) / (high - low) * Bins)) : 0]++;
        return new ValueHistogram(low, high, counts);
    }
}
