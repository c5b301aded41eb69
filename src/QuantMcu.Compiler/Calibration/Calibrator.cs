using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Runs a network on samples and gathers statistics of every tensor, in two passes: ranges and moments first, then histograms
/// over the ranges found. Samples are spread over threads; the result does not depend on how many.
/// </summary>
public static class Calibrator
{
    /// <param name="normalForm">The network, as Simplify leaves it.</param>
    /// <param name="samples">At least one sample.</param>
    /// <param name="progress">Told of every sample and pass.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <exception cref="ModelException">A tensor holds NaN or infinity, or a node cannot be evaluated.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CalibrationStatistics Collect(
        NetworkGraph normalForm, IInputSamples samples, IProgress<CompileProgress>? progress, CancellationToken cancellation) =>
        Collect(normalForm, samples, Environment.ProcessorCount, progress, cancellation);

    internal static CalibrationStatistics Collect(
        NetworkGraph network,
        IInputSamples samples,
        int threads,
        IProgress<CompileProgress>? progress,
        CancellationToken cancellation)
    {
        var executor = new FloatExecutor(network);
        int workers = Math.Max(1, Math.Min(threads, samples.Count));
        var executors = Enumerable.Range(0, workers).Select(i => i == 0 ? executor : executor.Fork()).ToArray();
        var job = new Job(network, samples, executors, progress, cancellation);
        job.CollectMoments();
        job.CollectHistograms();
        return job.Result();
    }

    private sealed class Job
    {
        private readonly NetworkGraph network;
        private readonly IInputSamples samples;
        private readonly FloatExecutor[] executors;
        private readonly IProgress<CompileProgress>? progress;
        private readonly CancellationToken cancellation;
        private readonly List<Value> values = new();
        private readonly Dictionary<Value, ChannelMoments> moments = new();
        private readonly Dictionary<Value, Histogram> histograms = new();

        public Job(
            NetworkGraph network,
            IInputSamples samples,
            FloatExecutor[] executors,
            IProgress<CompileProgress>? progress,
            CancellationToken cancellation)
        {
            this.network = network;
            this.samples = samples;
            this.executors = executors;
            this.progress = progress;
            this.cancellation = cancellation;
        }

        public void CollectMoments()
        {
            OrderedParallel.Run(samples.Count, executors, MomentsOf, (sample, seen) =>
            {
                foreach (var (value, ofSample) in seen)
                {
                    if (!moments.TryGetValue(value, out var total))
                    {
                        moments.Add(value, total = new ChannelMoments(ofSample.Channels));
                        values.Add(value);
                    }

                    total.Add(ofSample);
                }

                progress?.Report(new CompileProgress(CompileStages.Calibrating, sample + 1, 2 * samples.Count));
            });
        }

        public void CollectHistograms()
        {
            foreach (var value in values)
                histograms.Add(value, new Histogram(moments[value].Min.Min(), moments[value].Max.Max()));

            OrderedParallel.Run(samples.Count, executors, CountInHistograms, (sample, _) =>
                progress?.Report(new CompileProgress(CompileStages.Calibrating, samples.Count + sample + 1, 2 * samples.Count)));
        }

        public CalibrationStatistics Result()
        {
            var statistics = new Dictionary<Value, TensorStatistics>();
            foreach (var value in values)
                statistics.Add(value, new TensorStatistics(moments[value], histograms[value]));

            return new CalibrationStatistics(samples.Count, values.ToImmutableArray(), statistics);
        }

        private List<(Value Value, ChannelMoments Moments)> MomentsOf(FloatExecutor executor, int sample)
        {
            var seen = new List<(Value, ChannelMoments)>();
            void Observe(Value value, ReadOnlySpan<float> tensor)
            {
                if (tensor.IsEmpty)
                    return;

                var channels = new ChannelMoments(value.Shape.Rank == 0 ? 1 : value.Shape[value.Shape.Rank - 1]);
                channels.Add(tensor);
                if (!channels.IsFinite)
                    throw NotFinite(value, sample);

                seen.Add((value, channels));
            }

            executor.Run(samples[sample], Observe, cancellation);
            return seen;
        }

        private ModelException NotFinite(Value value, int sample)
        {
            var node = network.Nodes.FirstOrDefault(candidate => candidate.Outputs.Contains(value));
            return new ModelException(
                RequestRules.NotFinite, value.Name, node?.Name ?? value.Name, node?.Operator.Name ?? "an input", sample);
        }

        /// <summary>Counts are integers, so threads may add to a histogram in any order, one at a time.</summary>
        private object CountInHistograms(FloatExecutor executor, int sample)
        {
            void Observe(Value value, ReadOnlySpan<float> tensor)
            {
                if (!histograms.TryGetValue(value, out var histogram))
                    return;

                lock (histogram)
                    histogram.Add(tensor);
            }

            executor.Run(samples[sample], Observe, cancellation);
            return executor;
        }
    }
}
