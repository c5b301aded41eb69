using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Calibration.Execution;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>What the convolutions of the float network multiply their weights by, at some pixels of some calibration samples.</summary>
internal sealed class FloatWindows
{
    private const int MostSamples = 128, FewestSamples = 32;

    /// <summary>Windows of one convolution over all samples, and the products that they may take.</summary>
    private const int MostWindows = 16384, FewestWindows = 512;
    private const long MostProducts = 1L << 31;

    /// <summary>Weights of a channel beyond which nothing is kept: the time of what is fitted to windows grows with their cube.</summary>
    private const int MostWeights = 640;

    /// <summary>Values kept of all convolutions.</summary>
    private const long MostValues = 1L << 26;

    private readonly Dictionary<Node, ConvWindows> convs;
    private readonly Dictionary<Node, float[][]> windows = [];

    private FloatWindows(NetworkGraph graph, IEnumerable<int> samples)
    {
        Samples = samples.ToArray();
        convs = graph.Nodes.Where(node => node.Operator is Conv { Layout: Layout.ChannelsLast, Window.Rank: 2 })
            .ToDictionary(node => node, node => new ConvWindows(node));
    }

    /// <summary>The calibration samples that were looked at.</summary>
    public IReadOnlyList<int> Samples { get; }

    /// <summary>Whether so many calibration samples are enough to learn from.</summary>
    public static bool Suffice(int samples) => samples >= FewestSamples;

    /// <summary>Whether a calibration sample is kept to judge what was fitted to others: every fourth is.</summary>
    public static bool IsHeldOut(int sample) => sample % 4 == 3;

    /// <summary>Runs the float network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="samples">Calibration samples; the first 128 that are not held out are used.</param>
    /// <param name="cancellation">Looked at for every sample.</param>
    /// <returns>Null where there are too few samples to learn from.</returns>
    public static FloatWindows? Collect(NetworkGraph graph, IInputSamples samples, CancellationToken cancellation)
    {
        if (!Suffice(samples.Count))
            return null;

        var collected = new FloatWindows(graph, Enumerable.Range(0, samples.Count).Where(i => !IsHeldOut(i)).Take(MostSamples));
        collected.Run(graph, samples, cancellation);
        return collected;
    }

    /// <summary>How a convolution reads its input; null for one of which nothing was kept.</summary>
    public ConvWindows? Of(Node conv) => windows.ContainsKey(conv) ? convs[conv] : null;

    /// <summary>The windows of one of <see cref="Samples"/>, at the pixels that <see cref="Gather"/> takes.</summary>
    public float[] Of(Node conv, int sample) => windows[conv][sample];

    /// <summary>The same windows of other values of the input.</summary>
    public float[] Gather(Node conv, int sample, float[] values) => convs[conv].Gather(values, PerSample(convs[conv]), Phase(sample));

    private static double Phase(int sample) => sample * 0.6180339887498949 % 1;

    private void Run(NetworkGraph graph, IInputSamples samples, CancellationToken cancellation)
    {
        var readers = convs.Values.Where(conv => PerSample(conv) > 0).GroupBy(conv => conv.Node.Inputs[0]!)
            .ToDictionary(group => group.Key, group => group.ToArray());
        var executor = new FloatExecutor(graph);
        for (int i = 0; i < Samples.Count; i++)
        {
            int sample = i;
            executor.Run(samples[Samples[i]], (value, values) => Observe(sample, value, values), cancellation);
        }

        void Observe(int sample, Value value, ReadOnlySpan<float> values)
        {
            if (!readers.TryGetValue(value, out var found) || values.IsEmpty)
                return;

            foreach (var conv in found)
            {
                if (!windows.TryGetValue(conv.Node, out var kept))
                    windows[conv.Node] = kept = new float[Samples.Count][];
                kept[sample] = conv.Gather(values, PerSample(conv), Phase(sample));
            }
        }
    }

    /// <summary>Windows of each sample; 0 where there is no room for one.</summary>
    private int PerSample(ConvWindows conv)
    {
        if (conv.PerChannel > MostWeights)
            return 0;

        long length = (long)conv.Groups * conv.PerChannel, outputs = conv.Node.Output.Shape[3] / conv.Groups;
        long affordable = Math.Max(FewestWindows, MostProducts / Math.Max(1, length * Math.Max(conv.PerChannel, outputs)));
        long room = MostValues / Math.Max(1, convs.Count) / Math.Max(1, length);
        long all = Math.Min(Math.Min(MostWindows, affordable), room);
        return (int)Math.Min(conv.Pixels, (all + (all < Samples.Count ? 0 : Samples.Count - 1)) / Samples.Count);
    }
}
