using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>
/// Gives every activation its quantizer: the one that its group of values came with or that the caller pinned, else one of the wanted bits whose range is
/// chosen by squared error over the histograms.
/// </summary>
internal sealed class QuantizerAssignment
{
    private readonly SharedQuantizers shared;
    private readonly GraphUses uses;
    private readonly CalibrationStatistics statistics;
    private readonly QuantizationSettings settings;

    private QuantizerAssignment(SharedQuantizers shared, GraphUses uses, CalibrationStatistics statistics, QuantizationSettings settings)
    {
        this.shared = shared;
        this.uses = uses;
        this.statistics = statistics;
        this.settings = settings;
    }

    /// <summary>A quantizer for every graph input and every output of a node that is an activation.</summary>
    /// <param name="shared">Which values of the network share one.</param>
    /// <param name="uses">The network's producers and consumers.</param>
    /// <param name="statistics">What calibration saw of every float activation.</param>
    /// <param name="bits">Bits of each group that is free to have fewer than 8.</param>
    /// <param name="pinned">Quantizers that are settled already, for the groups of these values; those that the network gives go before.</param>
    /// <param name="settings">Whether to clip.</param>
    /// <param name="known">Takes and gives what was searched; null: nothing is known.</param>
    public static IReadOnlyDictionary<Value, Quantizer> Assign(
        SharedQuantizers shared,
        GraphUses uses,
        CalibrationStatistics statistics,
        BitWidths bits,
        IReadOnlyDictionary<Value, Quantizer> pinned,
        QuantizationSettings settings,
        QuantizerCache? known)
    {
        var assignment = new QuantizerAssignment(shared, uses, statistics, settings);
        var quantizers = new Dictionary<Value, Quantizer>();
        foreach (var members in shared.Groups)
        {
            var quantizer = shared.Given(members[0]) ?? Pinned(members, pinned)
                ?? assignment.Search(members, shared.IsFree(members) ? members.Min(bits.OfActivation) : 8, known);
            foreach (var member in members)
                quantizers[member] = quantizer;
        }

        return quantizers;
    }

    /// <summary>The quantizer that a group of values without one of its own gets at some bits.</summary>
    public static Quantizer OfGroup(
        IReadOnlyList<Value> members, SharedQuantizers shared, GraphUses uses, CalibrationStatistics statistics, int bits, QuantizationSettings settings, QuantizerCache? known) =>
        new QuantizerAssignment(shared, uses, statistics, settings).Search(members, bits, known);

    private static Quantizer? Pinned(IReadOnlyList<Value> members, IReadOnlyDictionary<Value, Quantizer> pinned)
    {
        foreach (var member in members)
        {
            if (pinned.TryGetValue(member, out var quantizer))
                return quantizer;
        }

        return null;
    }

    private Quantizer Search(IReadOnlyList<Value> members, int bits, QuantizerCache? known) =>
        known is null ? Search(members, bits) : known.Of(members, bits, () => Search(members, bits));

    private Quantizer Search(IReadOnlyList<Value> members, int bits)
    {
        var sources = members.Where(IsSource).ToList();
        var seen = (sources.Count > 0 ? sources : members)
            .Select(statistics.Find).OfType<TensorStatistics>().Select(statistic => statistic.Histogram).ToList();
        if (seen.Count == 0)
            return Quantizer.OfCodeBits(SharedQuantizers.Unit.Scale, SharedQuantizers.Unit.ZeroPoint, bits);

        var padding = members.Select(uses.Producer).Select(PadValue).ToList();
        double low = Math.Min(padding.Min(), seen.Min(histogram => (double)histogram.Low));
        double high = Math.Max(padding.Max(), seen.Max(histogram => (double)histogram.High));
        if (!settings.ClipActivations || shared.IsDecisive(members))
            return NaturalRange(members, bits) ?? RangeSearch.OfRange(low, high, bits);

        var best = RangeSearch.Best(seen, bits);
        double lowest = best.Real(0), highest = best.Real(best.MaxCode);
        bool holdsPadding = padding.Min() >= lowest && padding.Max() <= highest;
        return holdsPadding ? best : RangeSearch.OfRange(Math.Min(padding.Min(), lowest), Math.Max(padding.Max(), highest), bits);
    }

    /// <summary>Values that are computed, not moved; what only a max pool reads matters as the pool's output alone.</summary>
    private bool IsSource(Value value)
    {
        var producer = uses.Producer(value);
        if (producer is not null && producer.Operator is not MaxPool && SharedQuantizers.SharesQuantizer(producer.Operator))
            return false;

        var readers = uses.Consumers(value);
        return readers.Count == 0 || uses.IsOutput(value) || readers.Any(reader => reader.Operator is not MaxPool);
    }

    /// <summary>The range of a network output that the function itself bounds: unseen inputs may reach what calibration did not.</summary>
    private Quantizer? NaturalRange(IReadOnlyList<Value> members, int bits)
    {
        var sources = members.Where(IsSource).ToList();
        return sources.Count != 1 ? null : uses.Producer(sources[0])?.Operator switch
        {
            Unary { Kind: UnaryKind.Sigmoid or UnaryKind.HardSigmoid } => RangeSearch.OfRange(0, 1, bits),
            Unary { Kind: UnaryKind.Tanh } => RangeSearch.OfRange(-1, 1, bits),
            _ => null,
        };
    }

    private static double PadValue(Node? producer) =>
        producer?.Operator is Pad { Mode: PadMode.Constant } pad && Math.Abs(pad.Value) <= float.MaxValue ? pad.Value : 0;
}
