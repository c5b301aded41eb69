using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class CalibratorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Collect_equals_statistics_by_brute_force(int seed)
    {
        var graph = new RandomGraphs(seed).Network(nodes: 20);
        var samples = new SyntheticSamples(graph, codes: false, count: 5);
        var tensors = new Dictionary<Value, List<float[]>>();
        for (int i = 0; i < samples.Count; i++)
        {
            new FloatExecutor(graph).Run(samples[i], (value, values) =>
            {
                if (!tensors.ContainsKey(value))
                    tensors[value] = new List<float[]>();
                tensors[value].Add(values.ToArray());
            });
        }

        var statistics = Calibrator.Collect(graph, samples, null, CancellationToken.None);

        Assert.Equal(tensors.Keys.ToArray(), statistics.Values.ToArray());
        foreach (var value in statistics.Values)
        {
            float[] seen = tensors[value].SelectMany(tensor => tensor).ToArray();
            AssertEqual(seen, value.Shape[value.Shape.Rank - 1], statistics[value]);
        }
    }

    [Fact]
    public void Collect_gives_the_same_bits_on_one_thread_and_on_three()
    {
        var graph = new RandomGraphs(9).Network(nodes: 30);
        var samples = new SyntheticSamples(graph, codes: true, count: 17);

        var one = Calibrator.Collect(graph, samples, threads: 1, null, CancellationToken.None);
        var three = Calibrator.Collect(graph, samples, threads: 3, null, CancellationToken.None);

        Assert.Equal(one.Values.ToArray(), three.Values.ToArray());
        foreach (var value in one.Values)
        {
            TensorStatistics a = one[value], b = three[value];
            Assert.Equal((a.Min, a.Max, a.Count, a.Sum, a.SumOfSquares), (b.Min, b.Max, b.Count, b.Sum, b.SumOfSquares));
            Assert.Equal(a.ChannelMin.ToArray(), b.ChannelMin.ToArray());
            Assert.Equal(a.ChannelMax.ToArray(), b.ChannelMax.ToArray());
            Assert.Equal(a.ChannelMean.ToArray(), b.ChannelMean.ToArray());
            Assert.Equal(a.Histogram.Counts.ToArray(), b.Histogram.Counts.ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Collect_names_the_first_sample_and_tensor_that_are_not_finite(int threads)
    {
        var input = RandomGraphs.Input(new Shape(1, 2));
        var node = Node.Create("reciprocal", new Unary(UnaryKind.Reciprocal), [input], "y");
        var graph = new NetworkGraph("zero", [input], [node.Output], [node]);
        var samples = new ListedSamples(input.Shape, [1f, 2f], [3f, 0f], [0f, 1f], [1f, 1f]);

        void Collect() => Calibrator.Collect(graph, samples, threads, null, CancellationToken.None);
        var error = Assert.Throws<ModelException>(Collect);

        Assert.Equal("QMCU1018", error.Diagnostic.Id);
        Assert.Equal(new[] { "y", "reciprocal", "Reciprocal", "1" }, error.Diagnostic.Arguments);
    }

    [Fact]
    public void Collect_counts_a_constant_tensor_in_one_bin()
    {
        var input = RandomGraphs.Input(new Shape(1, 2));
        var graph = new NetworkGraph("input", [input], [input], []);

        var samples = new ListedSamples(input.Shape, [3f, 3f], [3f, 3f]);
        var statistics = Calibrator.Collect(graph, samples, null, CancellationToken.None);

        Assert.Equal(4, statistics[input].Histogram.Counts[0]);
        Assert.Equal(0, statistics[input].Histogram.BinWidth);
    }

    [Fact]
    public void Collect_reports_progress_in_order()
    {
        var graph = new RandomGraphs(3).Network(nodes: 5);
        var reports = new Reports();

        var samples = new SyntheticSamples(graph, codes: false, count: 6);
        Calibrator.Collect(graph, samples, threads: 2, reports, CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 12).Select(done => new CompileProgress("Calibrating", done, 12)), reports);
    }

    [Fact]
    public void Collect_stops_within_100_ms_of_cancellation()
    {
        var random = new RandomGraphs(6);
        var input = RandomGraphs.Input(new Shape(1, 112, 112, 64));
        var window = new Window([3, 3], [1, 1], [1, 1], [1, 1], [1, 1]);
        var conv = new Conv(window, 1, Layout.ChannelsLast);
        var node = Node.Create("conv", conv, [input, random.Constant(128, 3, 3, 64), random.Constant(128)], "y");
        var graph = new NetworkGraph("slow", [input], [node.Output], [node]);
        var sample = random.Tensor(input.Shape).Floats;
        var samples = new ListedSamples(input.Shape, Enumerable.Repeat(sample, 1000).ToArray());

        Cancelling.AssertStops(token => Calibrator.Collect(graph, samples, null, token));
    }

    private static void AssertEqual(float[] values, int channels, TensorStatistics actual)
    {
        Assert.Equal(values.Length, actual.Count);
        Assert.Equal(values.Min(), actual.Min);
        Assert.Equal(values.Max(), actual.Max);
        Assert.Equal(values.Sum(value => (double)value), actual.Sum, tolerance: 1e-6);
        Assert.Equal(values.Sum(value => (double)value * value), actual.SumOfSquares, tolerance: 1e-6);
        for (int channel = 0; channel < channels; channel++)
        {
            var own = values.Where((_, i) => i % channels == channel).ToArray();
            Assert.Equal((own.Min(), own.Max()), (actual.ChannelMin[channel], actual.ChannelMax[channel]));
            Assert.Equal(own.Average(value => (double)value), actual.ChannelMean[channel], tolerance: 1e-9);
        }

        AssertCounts(values, actual.Histogram);
    }

    private static void AssertCounts(float[] values, Histogram histogram)
    {
        Assert.Equal((values.Min(), values.Max()), (histogram.Low, histogram.High));
        Assert.Equal(values.Length, histogram.Counts.ToArray().Sum());

        // A value within rounding of a bin's edge may lie on either side of it.
        var sorted = values.Order().ToArray();
        long counted = 0, least = 0, most = 0;
        for (int bin = 0; bin < Histogram.Bins; bin++)
        {
            counted += histogram.Counts[bin];
            double edge = histogram.Center(bin) + (histogram.BinWidth / 2), slack = 1e-9 * Math.Max(1, Math.Abs(edge));
            for (; least < sorted.Length && sorted[least] < edge - slack; least++) { }
            for (; most < sorted.Length && sorted[most] <= edge + slack; most++) { }
            Assert.InRange(counted, least, most);
        }
    }

    private sealed class Reports : List<CompileProgress>, IProgress<CompileProgress>
    {
        public void Report(CompileProgress value) => Add(value);
    }

    private sealed class ListedSamples(Shape shape, params float[][] samples) : IInputSamples
    {
        public int Count => samples.Length;

        public IReadOnlyList<Tensor> this[int sample] => new[] { Tensor.Of(shape, samples[sample]) };
    }
}
