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
/// Rescales channels between two convolutions so that the tensor between them uses its codes well in every channel: channel c is multiplied by
/// s[c] in the first, divided by it in the second, and the function stays (Nagel et al., "Data-Free Quantization", 2019). The first one's weights
/// have a scale per channel, so they lose nothing; the ranges balanced are the measured ones of the activations against the second one's weights.
/// </summary>
public static class CrossLayerEqualization
{
    /// <summary>Factors stay within [1 / limit, limit]: a nearly dead channel is not worth more.</summary>
    private const double Limit = 64;

    /// <summary>The same function with balanced channels; calibrate it again, its statistics are others.</summary>
    /// <param name="normalForm">A network in normal form.</param>
    /// <param name="statistics">What calibration saw on it.</param>
    /// <param name="cancellation">Looked at for every node.</param>
    /// <returns><paramref name="normalForm"/> itself where there is nothing to balance.</returns>
    public static NetworkGraph Run(NetworkGraph normalForm, CalibrationStatistics statistics, CancellationToken cancellation)
    {
        var uses = new GraphUses(normalForm);
        var weights = new Dictionary<Node, ConvWeights>();
        foreach (var node in normalForm.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ChannelPath.From(node, uses) is not { } path)
                continue;

            var first = Open(path.First);
            var second = Open(path.Second);
            var factors = Factors(path, second, statistics);
            first.ScaleOutputs(factors);
            second.ScaleInputs(factors);
        }

        return weights.Count == 0 ? normalForm : Rebuild(normalForm, weights);

        ConvWeights Open(Node conv)
        {
            if (!weights.TryGetValue(conv, out var opened))
                weights[conv] = opened = new ConvWeights(conv);
            return opened;
        }
    }

    /// <summary>
    /// For a depthwise second layer, whose weights have a scale per channel as well, all channels get the range of the widest. Else the factor is
    /// the square root of that, shared with the range of the second layer's weights of this channel.
    /// </summary>
    private static double[] Factors(ChannelPath path, ConvWeights second, CalibrationStatistics statistics)
    {
        var factors = Enumerable.Repeat(1.0, path.Channels).ToArray();
        if (statistics.Find(path.Between) is not { } seen)
            return factors;

        var activations = Enumerable.Range(0, path.Channels).Select(c => (double)Math.Max(seen.ChannelMax[c], -seen.ChannelMin[c])).ToArray();
        var ranges = second.InputRanges();
        double widest = activations.Max(), largest = ranges.Max();
        if (!(widest > 0) || !(largest > 0))
            return factors;

        for (int c = 0; c < factors.Length; c++)
        {
            if (activations[c] <= 0 || ranges[c] <= 0)
                continue;

            double activation = activations[c] / widest, weight = ranges[c] / largest;
            double factor = second.IsDepthwise ? 1 / activation : Math.Sqrt(weight / activation);
            factors[c] = Math.Max(1 / Limit, Math.Min(Limit, factor));
        }

        return Bounded(path.Clamp, factors, seen);
    }

    /// <summary>A clamp that binds scales with nothing: such channels keep their range, and others are not stretched into the clamp.</summary>
    private static double[] Bounded(Clamp clamp, double[] factors, TensorStatistics seen)
    {
        if (!IsBounded(clamp))
            return factors;

        for (int c = 0; c < factors.Length; c++)
        {
            double max = seen.ChannelMax[c], min = seen.ChannelMin[c];
            bool binds = max >= clamp.Max || (clamp.Min != 0 && min <= clamp.Min);
            bool stays = factors[c] * max <= clamp.Max && (clamp.Min == 0 || factors[c] * min >= clamp.Min);
            if (binds)
                factors[c] = 1;
            else if (!stays)
                factors[c] = Math.Max(1, Math.Min(max > 0 ? clamp.Max / max : factors[c], clamp.Min < 0 && min < 0 ? clamp.Min / min : factors[c]));
        }

        return factors;
    }

    private static bool IsBounded(Clamp clamp) => !clamp.IsNone && clamp != Clamp.Relu;

    private static NetworkGraph Rebuild(NetworkGraph graph, Dictionary<Node, ConvWeights> weights)
    {
        var nodes = graph.Nodes.Select(node => weights.TryGetValue(node, out var changed) ? changed.ToNode() : node);
        return new NetworkGraph(graph.Name, graph.Inputs, graph.Outputs, nodes.ToImmutableArray());
    }
}
