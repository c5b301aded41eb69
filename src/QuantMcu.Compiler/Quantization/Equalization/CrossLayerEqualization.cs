using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>
/// Rescales channels between convolutions so that tensors use their codes well in every channel: channel c is multiplied by s[c] where it is made,
/// divided by it where it is read, and the function stays. The idea is Nagel et al.'s ("Data-Free Quantization", 2019); what is ours is the
/// choice of factors: those with the least predicted rounding noise at the network's outputs, activations and weights together, none
/// if nothing is gained.
/// </summary>
public static class CrossLayerEqualization
{
    /// <summary>
    /// A stretched channel spans at most this share of its tensor's range, because inputs that calibration did not see may reach further: the
    /// room that small channels had before must not be lost altogether.
    /// </summary>
    private const double Headroom = 0.5;

    /// <summary>Factors reach from 1 to this: a nearly dead channel is not worth more.</summary>
    private const double Limit = 256;

    /// <summary>The prediction is rough: a group is changed only if its noise is to fall to this share.</summary>
    private const double WorthwhileGain = 0.8;

    /// <summary>0: channels stay; 1: every channel spans its tensor's range, less the headroom.</summary>
    private static readonly ImmutableArray<double> Strengths = [0, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

    /// <summary>The same function with balanced channels; calibrate it again, its statistics are others.</summary>
    /// <param name="normalForm">A network in normal form.</param>
    /// <param name="statistics">What calibration saw on it.</param>
    /// <param name="cancellation">Looked at for every group of tensors.</param>
    /// <returns><paramref name="normalForm"/> itself where there is nothing to gain.</returns>
    public static NetworkGraph Run(NetworkGraph normalForm, CalibrationStatistics statistics, CancellationToken cancellation)
    {
        var gains = new NoiseGain(normalForm);
        var weights = new Dictionary<Node, ConvWeights>();
        foreach (var group in ChannelGroup.Find(normalForm, new GraphUses(normalForm)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Factors(group, statistics, gains) is not { } factors)
                continue;

            foreach (var producer in group.Producers)
                Open(producer).ScaleOutputs(factors);
            foreach (var consumer in group.Consumers)
                Open(consumer).ScaleInputs(factors);
        }

        return weights.Count == 0 ? normalForm : Rebuild(normalForm, weights);

        ConvWeights Open(Node conv)
        {
            if (!weights.TryGetValue(conv, out var opened))
                weights[conv] = opened = new ConvWeights(conv);
            return opened;
        }
    }

    private static double[]? Factors(ChannelGroup group, CalibrationStatistics statistics, NoiseGain gains)
    {
        var noise = new GroupNoise(group, statistics, gains);
        var limits = Limits(group, statistics);
        double[]? best = null;
        double least = 0;
        foreach (double strength in Strengths)
        {
            var factors = new double[group.Channels];
            for (int c = 0; c < factors.Length; c++)
            {
                double stretch = noise.Highest[c] > 0 ? Math.Pow(Headroom / noise.Highest[c], strength) : 1;
                factors[c] = Math.Max(1, Math.Min(stretch, Headroom * limits[c]));
            }

            double predicted = noise.Predict(factors);
            if (strength == 0)
                least = WorthwhileGain * predicted;
            else if (predicted < least)
                (least, best) = (predicted, factors);
        }

        return best;
    }

    /// <summary>
    /// How far a channel may be stretched: not at all where a clamp such as Relu6 binds, for a clamp that binds scales with nothing, and not into
    /// the clamp where it does not.
    /// </summary>
    private static double[] Limits(ChannelGroup group, CalibrationStatistics statistics)
    {
        var limits = Enumerable.Repeat(Limit, group.Channels).ToArray();
        foreach (var producer in group.Producers)
        {
            var clamp = ((Conv)producer.Operator).Clamp;
            if (clamp.IsNone || clamp == Clamp.Relu || statistics.Find(producer.Output) is not { } seen)
                continue;

            for (int c = 0; c < limits.Length; c++)
            {
                double above = seen.ChannelMax[c] <= 0 ? Limit : clamp.Max / seen.ChannelMax[c];
                double below = seen.ChannelMin[c] >= 0 || clamp.Min == 0 ? Limit : clamp.Min / seen.ChannelMin[c];
                limits[c] = Math.Min(limits[c], Math.Min(above, below));
            }
        }

        return limits;
    }

    private static NetworkGraph Rebuild(NetworkGraph graph, Dictionary<Node, ConvWeights> weights)
    {
        var nodes = graph.Nodes.Select(node => weights.TryGetValue(node, out var changed) ? changed.ToNode() : node);
        return new NetworkGraph(graph.Name, graph.Inputs, graph.Outputs, nodes.ToImmutableArray());
    }
}
