using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Codes of a network's weights at 4 and 2 bits, rounded for the least error of each layer's output on the calibration samples. They do not depend
/// on any other bit width, so that all mixes of bits, and all branches of a patch stage, share them: make one and give it to every
/// <see cref="QuantizationRequest"/> for the same network or a part of it with the same nodes. Safe to use from several threads.
/// </summary>
public sealed class WeightRounding
{
    private const int MostSamples = 128;

    /// <summary>Windows of one convolution that are looked at, over all samples, and what they may cost in products.</summary>
    private const int MostWindows = 4096, FewestWindows = 512;
    private const long MostProducts = 1L << 31;

    private const double Damping = 0.01;

    private readonly object gate = new();
    private readonly int threads;
    private readonly bool holdsOut;
    private readonly NetworkGraph graph;
    private readonly IInputSamples samples;
    private readonly Dictionary<(Node Conv, int Bits), QuantizedWeights> rounded = [];
    private Dictionary<Node, InputCovariance>? covariances;
    private FloatWindows? windows;

    /// <param name="normalForm">The network; nothing is computed before weights are asked for.</param>
    /// <param name="samples">Calibration samples; the first 128 are used.</param>
    public WeightRounding(NetworkGraph normalForm, IInputSamples samples)
        : this(normalForm, samples, holdsOut: false, Environment.ProcessorCount)
    {
    }

    /// <param name="normalForm">The network.</param>
    /// <param name="samples">Calibration samples; the first 128 are used, or of those that are not held out.</param>
    /// <param name="holdsOut">Whether samples are held out to judge by, where there are enough: <see cref="FloatWindows.IsHeldOut"/>.</param>
    /// <param name="threads">Workers; the result does not depend on it.</param>
    internal WeightRounding(NetworkGraph normalForm, IInputSamples samples, bool holdsOut, int threads)
    {
        this.holdsOut = holdsOut && FloatWindows.Suffice(samples.Count);
        graph = normalForm;
        this.samples = samples;
        this.threads = threads;
    }

    /// <summary>Codes of a convolution's weights; null where the float network does not compute its input from its inputs.</summary>
    /// <param name="conv">A convolution of the network.</param>
    /// <param name="weights">Its float weights.</param>
    /// <param name="bits">4 or 2.</param>
    /// <param name="centered">Whether the bias will be corrected, so that the mean of the error does not count.</param>
    /// <param name="cancellation">Looked at for every sample and every output channel.</param>
    internal QuantizedWeights? Of(Node conv, float[] weights, int bits, bool centered, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (rounded.TryGetValue((conv, bits), out var known))
                return known;

            covariances ??= Collect(cancellation);
            if (!covariances.TryGetValue(conv, out var covariance))
                return null;

            return rounded[(conv, bits)] = Round(weights, conv.Output.Shape[3], covariance, bits, centered, cancellation);
        }
    }

    /// <summary>What convolutions read in the float network; collected once. Null: there are too few samples.</summary>
    internal FloatWindows? Windows(CancellationToken cancellation)
    {
        lock (gate)
            return windows ??= FloatWindows.Collect(graph, samples, cancellation);
    }

    /// <summary>Codes for the least error of a layer's output.</summary>
    /// <param name="weights">Float weights, channel by channel.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="covariance">Of what the layer multiplies its weights by.</param>
    /// <param name="bits">4 or 2.</param>
    /// <param name="centered">Whether the bias will be corrected, so that the mean of the error does not count.</param>
    /// <param name="cancellation">Looked at for every output channel.</param>
    internal QuantizedWeights Round(
        float[] weights, int channels, InputCovariance covariance, int bits, bool centered, CancellationToken cancellation)
    {
        int perChannel = weights.Length / channels, perGroup = channels / covariance.Groups;
        var codes = new sbyte[weights.Length];
        var scales = new double[channels];
        var options = Options(cancellation);
        if (perGroup >= covariance.Groups)
        {
            for (int group = 0; group < covariance.Groups; group++)
            {
                var rounding = Prepare(group);
                Parallel.For(group * perGroup, (group + 1) * perGroup, options, m => RoundChannel(rounding, m));
            }
        }
        else
        {
            Parallel.For(0, covariance.Groups, options, group =>
            {
                var rounding = Prepare(group);
                for (int m = group * perGroup; m < (group + 1) * perGroup; m++)
                    RoundChannel(rounding, m);
            });
        }

        return QuantizedWeights.Rounded(codes, scales, bits);

        void RoundChannel(SecondOrderRounding rounding, int m)
        {
            double[] channel = Array.ConvertAll(weights.AsSpan(m * perChannel, perChannel).ToArray(), weight => (double)weight);
            scales[m] = rounding.Round(channel, codes, m * perChannel);
        }

        SecondOrderRounding Prepare(int group)
        {
            var factors = new RoundingFactor[covariance.Blocks];
            var importance = new List<double>();
            for (int block = 0; block < factors.Length; block++)
            {
                double[] matrix = covariance.Matrix(group, block, centered);
                int size = covariance.Size(block);
                factors[block] = RoundingFactor.Of(matrix, DampingOf(size, covariance.Count), cancellation);
                importance.AddRange(Enumerable.Range(0, size).Select(i => matrix[(i * size) + i]));
            }

            return new SecondOrderRounding(factors, importance.ToArray(), bits);
        }
    }

    /// <summary>
    /// Where others judge, no more is made of the samples than they tell: of few windows, as a dense layer has, moments are mostly chance, and what rounding
    /// cancels on them it adds elsewhere.
    /// </summary>
    private double DampingOf(int size, long windows) => holdsOut ? Math.Max(Damping, Math.Min(1, (double)size / Math.Max(1, windows))) : Damping;

    /// <summary>Runs the float network and looks at windows of every convolution.</summary>
    private Dictionary<Node, InputCovariance> Collect(CancellationToken cancellation)
    {
        int[] used = Enumerable.Range(0, samples.Count).Where(i => !holdsOut || !FloatWindows.IsHeldOut(i)).Take(MostSamples).ToArray();
        int count = used.Length;
        var readers = graph.Nodes
            .Where(node => node.Operator is Conv { Layout: Layout.ChannelsLast, Window.Rank: 2 })
            .GroupBy(node => node.Inputs[0]!)
            .ToDictionary(group => group.Key, group => group.Select(node => new ConvWindows(node)).ToList());
        var found = new Dictionary<Node, InputCovariance>();
        var executor = new FloatExecutor(graph);
        int workers = Math.Max(1, Math.Min(threads, count));
        var executors = Enumerable.Range(0, workers).Select(i => i == 0 ? executor : executor.Fork()).ToArray();
        OrderedParallel.Run(count, executors, Gather, Take);
        return found;

        List<(ConvWindows Conv, float[] Windows)> Gather(FloatExecutor own, int sample)
        {
            var seen = new List<(ConvWindows, float[])>();
            double phase = sample * 0.6180339887498949 % 1;
            own.Run(samples[used[sample]], Observe, cancellation);
            return seen;

            void Observe(Value value, ReadOnlySpan<float> values)
            {
                if (!readers.TryGetValue(value, out var convs) || values.IsEmpty)
                    return;

                foreach (var conv in convs)
                    seen.Add((conv, conv.Gather(values, WindowsPerSample(conv, count), phase)));
            }
        }

        void Take(int sample, List<(ConvWindows Conv, float[] Windows)> seen)
        {
            foreach (var (conv, _) in seen)
            {
                if (!found.ContainsKey(conv.Node))
                    found[conv.Node] = new InputCovariance(conv.Groups, conv.PerChannel);
            }

            Parallel.ForEach(seen, Options(cancellation), one => found[one.Conv.Node].Add(one.Windows));
        }
    }

    private ParallelOptions Options(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };

    private static int WindowsPerSample(ConvWindows conv, int samples)
    {
        long affordable = MostProducts / Math.Max(1, (long)conv.Groups * conv.PerChannel * Math.Min(conv.PerChannel, 1024));
        long windows = Math.Max(FewestWindows, Math.Min(MostWindows, affordable));
        return (int)Math.Max(1, Math.Min(conv.Pixels, (windows + samples - 1) / samples));
    }
}
