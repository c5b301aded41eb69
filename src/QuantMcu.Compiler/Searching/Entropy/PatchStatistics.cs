using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>
/// What calibration sees tile by tile: a histogram of every feature map of the patch stage over the region that the tile computes, and the extremes of
/// the classified tensor. One pass over the samples, through the stage only.
/// </summary>
internal sealed class PatchStatistics
{
    /// <summary>Bins of a tile's histogram, over the whole map's range: finer than 8 bits, small enough for hundreds of tiles.</summary>
    public const int Bins = Histogram.Bins / 2;

    private readonly Dictionary<Value, long[][]> counts = new();
    private readonly SearchSubject subject;
    private readonly PatchPlan plan;
    private readonly Dictionary<Value, int> tensors;

    private PatchStatistics(SearchSubject subject, PatchPlan plan, int samples)
    {
        this.subject = subject;
        this.plan = plan;
        Extremes = new (float, float)[samples][];
        tensors = plan.Stage.Layers.Select(layer => subject.Eight.Layers[layer].Output).Where(tensor => subject.ValueOf(tensor) is not null)
            .Distinct().ToDictionary(tensor => subject.ValueOf(tensor)!);
        foreach (var value in tensors.Keys)
            counts[value] = Enumerable.Range(0, plan.Grid.Tiles).Select(_ => new long[Bins]).ToArray();
    }

    /// <summary>By sample and tile: smallest and largest value of the classified tensor in the tile.</summary>
    public (float Min, float Max)[][] Extremes { get; }

    /// <summary>Runs the samples.</summary>
    /// <param name="subject">The network, with samples.</param>
    /// <param name="plan">Its tiles.</param>
    /// <param name="stage">The layers of the stage as a graph.</param>
    /// <param name="classified">The tensor that VDPC looks at: an input or a value of the stage.</param>
    /// <param name="threads">Samples are spread over so many.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    public static PatchStatistics Collect(
        SearchSubject subject, PatchPlan plan, NetworkGraph stage, Value classified, int threads, CancellationToken cancellation)
    {
        var samples = subject.Request.Samples!;
        var statistics = new PatchStatistics(subject, plan, samples.Count);
        var executor = new FloatExecutor(stage);
        var workers = Enumerable.Range(0, Math.Max(1, Math.Min(threads, samples.Count))).Select(i => i == 0 ? executor : executor.Fork()).ToArray();
        OrderedParallel.Run(
            samples.Count,
            workers,
            (own, sample) => statistics.Run(own, samples[sample], classified, cancellation),
            (sample, extremes) => statistics.Extremes[sample] = extremes);
        return statistics;
    }

    /// <summary>Values of a map per bin over its whole range, in one tile; null for values that the stage does not compute.</summary>
    public long[]? Counts(Value value, int tile) => counts.TryGetValue(value, out var tiles) ? tiles[tile] : null;

    /// <summary>The values of a map in some tiles; null for values that the stage does not compute.</summary>
    public Histogram? HistogramOf(Value value, IEnumerable<int> tiles)
    {
        if (!counts.TryGetValue(value, out var all))
            return null;

        var whole = subject.Request.Statistics[value].Histogram;
        var histogram = new Histogram(whole.Low, whole.High);
        foreach (int tile in tiles)
            histogram.AddPairs(all[tile]);
        return histogram;
    }

    private (float Min, float Max)[] Run(FloatExecutor executor, IReadOnlyList<Tensor> sample, Value classified, CancellationToken cancellation)
    {
        var extremes = Array.Empty<(float Min, float Max)>();
        void Observe(Value value, ReadOnlySpan<float> values)
        {
            if (value == classified)
                extremes = ExtremesOf(value, values);
            if (tensors.TryGetValue(value, out int tensor))
                Count(value, tensor, values);
        }

        executor.Run(sample, Observe, cancellation);
        return extremes;
    }

    private (float Min, float Max)[] ExtremesOf(Value value, ReadOnlySpan<float> values)
    {
        int tensor = tensors.TryGetValue(value, out int computed) ? computed : subject.TensorOf(value);
        var extremes = new (float Min, float Max)[plan.Grid.Tiles];
        for (int tile = 0; tile < extremes.Length; tile++)
        {
            float min = float.PositiveInfinity, max = float.NegativeInfinity;
            var region = plan.Read(tensor, tile / plan.Columns.Tiles, tile % plan.Columns.Tiles);
            for (int row = region.Rows.Begin; row < region.Rows.End; row++)
            {
                foreach (float x in RowOf(value, values, row, region.Columns))
                {
                    min = Math.Min(min, x);
                    max = Math.Max(max, x);
                }
            }

            extremes[tile] = (min, max);
        }

        return extremes;
    }

    /// <summary>Counts are integers, so threads may add to a map in any order, one at a time.</summary>
    private void Count(Value value, int tensor, ReadOnlySpan<float> values)
    {
        var histogram = subject.Request.Statistics[value].Histogram;
        float scale = histogram.High > histogram.Low ? (float)(Bins / ((double)histogram.High - histogram.Low)) : 0;
        var tiles = counts[value];
        int channels = value.Shape[3];
        var bins = new int[value.Shape[2] * channels];
        lock (tiles)
        {
            // Recomputed halos overlap: a row is binned once, and counted for every tile that computes a part of it.
            for (int row = 0; row < value.Shape[1]; row++)
            {
                BinsOf(values.Slice(row * bins.Length, bins.Length), histogram.Low, scale, bins);
                for (int tile = 0; tile < tiles.Length; tile++)
                {
                    var region = plan.Computed(tensor, tile / plan.Columns.Tiles, tile % plan.Columns.Tiles);
                    if (region.Rows.Begin <= row && row < region.Rows.End)
                        Add(bins.AsSpan(region.Columns.Begin * channels, region.Columns.Length * channels), tiles[tile]);
                }
            }
        }
    }

    private static void BinsOf(ReadOnlySpan<float> values, float low, float scale, int[] bins)
    {
        int done = 0;
        var last = new Vector<int>(Bins - 1);
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            var scaled = Vector.ConvertToInt32((vector - new Vector<float>(low)) * scale);
            Vector.Min(Vector.Max(scaled, Vector<int>.Zero), last).CopyTo(bins, done);
            done += Vector<int>.Count;
        }

        for (; done < values.Length; done++)
            bins[done] = Math.Max(0, Math.Min(Bins - 1, (int)((values[done] - low) * scale)));
    }

    private static void Add(ReadOnlySpan<int> bins, long[] counts)
    {
        foreach (int bin in bins)
            counts[bin]++;
    }

    private static ReadOnlySpan<float> RowOf(Value value, ReadOnlySpan<float> values, int row, Interval columns)
    {
        int channels = value.Shape[3];
        return values.Slice(((row * value.Shape[2]) + columns.Begin) * channels, columns.Length * channels);
    }
}
