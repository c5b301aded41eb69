using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Statistics and histograms of values that tests make up.</summary>
internal static class TestCalibration
{
    public static CalibrationStatistics Collect(NetworkGraph graph, IReadOnlyList<Tensor[]> samples) =>
        Calibrator.Collect(graph, Samples(samples), null, CancellationToken.None);

    public static IInputSamples Samples(IReadOnlyList<Tensor[]> samples) => new SampleList(samples);

    public static Histogram Histogram(IReadOnlyCollection<float> values)
    {
        var histogram = new Histogram(values.Min(), values.Max());
        histogram.Add(values.ToArray());
        return histogram;
    }

    private sealed class SampleList(IReadOnlyList<Tensor[]> samples) : IInputSamples
    {
        public int Count => samples.Count;

        public IReadOnlyList<Tensor> this[int sample] => samples[sample];
    }
}
