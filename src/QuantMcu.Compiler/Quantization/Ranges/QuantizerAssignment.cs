using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>
/// Gives every activation its quantizer. Operators that only move codes or choose among them share one on both sides; what nothing but a Concat
/// reads is computed at the Concat's quantizer; Quantize and Dequantize nodes, softmax and raw inputs bring their own; the rest is chosen by
/// squared error over the histograms.
/// </summary>
internal sealed class QuantizerAssignment
{
    /// <summary>Softmax: probabilities in 1/256.</summary>
    public static readonly Quantizer Probability = new(1.0 / 256, 0);

    /// <summary>The code is the number: raw samples, indices.</summary>
    public static readonly Quantizer Unit = new(1, 0);

    private readonly NetworkGraph graph;
    private readonly GraphUses uses;
    private readonly CalibrationStatistics statistics;
    private readonly QuantizationSettings settings;
    private readonly QuantizerGroups groups = new();
    private readonly Dictionary<Value, Quantizer> quantizers = [];

    private QuantizerAssignment(NetworkGraph graph, GraphUses uses, CalibrationStatistics statistics, QuantizationSettings settings)
    {
        this.settings = settings;
        this.graph = graph;
        this.uses = uses;
        this.statistics = statistics;
    }

    /// <summary>A quantizer for every graph input and every output of a node that is an activation.</summary>
    /// <param name="graph">A network in normal form.</param>
    /// <param name="uses">Its producers and consumers.</param>
    /// <param name="statistics">What calibration saw of every float activation.</param>
    /// <param name="settings">Whether to clip.</param>
    /// <param name="rawInputs">Inputs whose real values are raw codes 0 .. 255.</param>
    public static IReadOnlyDictionary<Value, Quantizer> Assign(
        NetworkGraph graph, GraphUses uses, CalibrationStatistics statistics, ISet<Value> rawInputs, QuantizationSettings settings)
    {
        var assignment = new QuantizerAssignment(graph, uses, statistics, settings);
        assignment.Group(rawInputs);
        assignment.JoinConcats();
        foreach (var members in assignment.groups.All)
            assignment.Choose(members);

        return assignment.quantizers;
    }

    /// <summary>Does the operator's output consist of its first input's codes?</summary>
    public static bool SharesQuantizer(Operator @operator) => @operator
        is Reshape or Transpose or Slice or Split or Expand or Gather or Pad or MaxPool or Resize or Identity
        or Quantize or Dequantize or Reduce { Kind: ReduceKind.Max };

    private void Group(ISet<Value> rawInputs)
    {
        foreach (var input in graph.Inputs)
        {
            groups.Add(input);
            if (rawInputs.Contains(input))
                groups.Give(input, Unit);
        }

        foreach (var node in graph.Nodes)
        {
            if (ImportedQuantization.IsConstant(node))
                continue;

            foreach (var output in node.Outputs)
                groups.Add(output);

            switch (node.Operator)
            {
                case Softmax { Log: false }:
                    groups.Give(node.Output, Probability);
                    break;
                case ArgMax:
                    groups.Give(node.Output, Unit);
                    break;
                case Quantize or Dequantize when ImportedQuantization.OfActivation(node) is { } given:
                    groups.Give(node.Operator is Quantize ? node.Output : node.Inputs[0]!, given);
                    break;
            }

            if (SharesQuantizer(node.Operator) && IsActivation(node.Inputs[0]!))
            {
                foreach (var output in node.Outputs)
                    groups.Join(node.Inputs[0]!, output);
            }
        }
    }

    /// <summary>From the last Concat back, so that a Concat of Concats has one quantizer.</summary>
    private void JoinConcats()
    {
        foreach (var node in graph.Nodes.Reverse())
        {
            if (node.Operator is not Concat)
                continue;

            foreach (var input in node.Inputs)
            {
                if (IsActivation(input!) && IsReadOnlyBy(node, input!))
                    groups.Join(input!, node.Output);
            }
        }
    }

    /// <summary>Nothing reads the input's group but the Concat and operators that share its quantizer.</summary>
    private bool IsReadOnlyBy(Node concat, Value input)
    {
        foreach (var member in groups.Members(input))
        {
            if (uses.IsOutput(member) || graph.Inputs.Contains(member))
                return false;

            foreach (var reader in uses.Consumers(member))
            {
                if (reader != concat && !SharesQuantizer(reader.Operator))
                    return false;
            }
        }

        return true;
    }

    private bool IsActivation(Value value) =>
        value.Constant is null && !(uses.Producer(value) is { } producer && ImportedQuantization.IsConstant(producer));

    private void Choose(IReadOnlyList<Value> members)
    {
        var quantizer = groups.Given(members[0]) ?? Search(members);
        foreach (var member in members)
            quantizers[member] = quantizer;
    }

    private Quantizer Search(IReadOnlyList<Value> members)
    {
        var sources = members.Where(IsSource).ToList();
        var seen = (sources.Count > 0 ? sources : members).Select(statistics.Find).OfType<TensorStatistics>().Select(statistic => statistic.Histogram).ToList();
        if (seen.Count == 0)
            return Unit;

        var padding = members.Select(uses.Producer).Select(PadValue).ToList();
        double low = Math.Min(padding.Min(), seen.Min(histogram => (double)histogram.Low));
        double high = Math.Max(padding.Max(), seen.Max(histogram => (double)histogram.High));
        if (!settings.ClipActivations || members.Any(IsDecisive))
            return NaturalRange(members) ?? RangeSearch.OfRange(low, high);

        var best = RangeSearch.Best(seen);
        double lowest = best.Real(0), highest = best.Real(best.MaxCode);
        bool holdsPadding = padding.Min() >= lowest && padding.Max() <= highest;
        return holdsPadding ? best : RangeSearch.OfRange(Math.Min(padding.Min(), lowest), Math.Max(padding.Max(), highest));
    }

    /// <summary>Values that are computed, not moved; what only a max pool reads matters as the pool's output alone.</summary>
    private bool IsSource(Value value)
    {
        var producer = uses.Producer(value);
        if (producer is not null && producer.Operator is not MaxPool && SharesQuantizer(producer.Operator))
            return false;

        var readers = uses.Consumers(value);
        return readers.Count == 0 || uses.IsOutput(value) || readers.Any(reader => reader.Operator is not MaxPool);
    }

    /// <summary>Outputs and what a softmax or an arg max reads: the largest values decide, so none of them is clipped.</summary>
    private bool IsDecisive(Value value) =>
        uses.IsOutput(value) || uses.Consumers(value).Any(reader => reader.Operator is Softmax or ArgMax);

    /// <summary>The range of a network output that the function itself bounds: unseen inputs may reach what calibration did not.</summary>
    private Quantizer? NaturalRange(IReadOnlyList<Value> members)
    {
        var sources = members.Where(IsSource).ToList();
        return sources.Count != 1 ? null : uses.Producer(sources[0])?.Operator switch
        {
            Unary { Kind: UnaryKind.Sigmoid or UnaryKind.HardSigmoid } => RangeSearch.OfRange(0, 1),
            Unary { Kind: UnaryKind.Tanh } => RangeSearch.OfRange(-1, 1),
            _ => null,
        };
    }

    private static double PadValue(Node? producer) =>
        producer?.Operator is Pad { Mode: PadMode.Constant } pad && Math.Abs(pad.Value) <= float.MaxValue ? pad.Value : 0;
}
