using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Calibration;

/// <summary>What calibration saw of one tensor, over all samples. A channel is an index of the last axis.</summary>
public sealed class TensorStatistics
{
    internal TensorStatistics(ChannelMoments moments, Histogram histogram)
    {
        Min = moments.Min.Min();
        Max = moments.Max.Max();
        Count = moments.Rows * moments.Channels;
        Sum = moments.Sum.Sum();
        SumOfSquares = moments.SumOfSquares.Sum();
        ChannelMin = moments.Min.ToImmutableArray();
        ChannelMax = moments.Max.ToImmutableArray();
        ChannelMean = moments.Sum.Select(sum => sum / moments.Rows).ToImmutableArray();
        ChannelMeanSquare = moments.SumOfSquares.Select(sum => sum / moments.Rows).ToImmutableArray();
        Histogram = histogram;
    }

    public float Min { get; }

    public float Max { get; }

    /// <summary>Number of values seen: the tensor's elements times the samples.</summary>
    public long Count { get; }

    public double Sum { get; }

    public double SumOfSquares { get; }

    public double Mean => Sum / Count;

    public ImmutableArray<float> ChannelMin { get; }

    public ImmutableArray<float> ChannelMax { get; }

    public ImmutableArray<double> ChannelMean { get; }

    /// <summary>Mean of the squares.</summary>
    public ImmutableArray<double> ChannelMeanSquare { get; }

    /// <summary>Over [Min, Max].</summary>
    public Histogram Histogram { get; }
}
