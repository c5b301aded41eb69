using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>
/// Which values of a network share a quantizer. Operators that only move codes or choose among them share one on both sides; what nothing but a
/// Concat reads is computed at the Concat's quantizer; Quantize and Dequantize nodes, softmax and raw inputs bring their own.
/// </summary>
internal sealed class SharedQuantizers
{
    /// <summary>Softmax: probabilities in 1/256.</summary>
    public static readonly Quantizer Probability = new(1.0 / 256, 0);

    /// <summary>The code is the number: raw samples, indices.</summary>
    public static readonly Quantizer Unit = new(1, 0);

    private readonly NetworkGraph graph;
    private readonly GraphUses uses;
    private readonly QuantizerGroups groups = new();

    private SharedQuantizers(NetworkGraph graph, GraphUses uses)
    {
        this.graph = graph;
        this.uses = uses;
    }

    /// <summary>Groups every graph input and every output of a node that is an activation.</summary>
    /// <param name="graph">A network in normal form.</param>
    /// <param name="uses">Its producers and consumers.</param>
    /// <param name="rawInputs">Inputs whose real values are raw codes 0 .. 255.</param>
    public static SharedQuantizers Find(NetworkGraph graph, GraphUses uses, ISet<Value> rawInputs)
    {
        var shared = new SharedQuantizers(graph, uses);
        shared.Group(rawInputs);
        shared.JoinConcats();
        return shared;
    }

    /// <summary>Values that share one quantizer, in the order of their first values.</summary>
    public IEnumerable<IReadOnlyList<Value>> Groups => groups.All;

    /// <summary>The quantizer that the network itself gives a value's group; null where it is to be chosen.</summary>
    public Quantizer? Given(Value value) => groups.Given(value);

    /// <summary>
    /// Whether a group may have fewer than 8 bits: it has no quantizer of its own, and is neither input nor output of the network, nor what a softmax
    /// or an arg max reads or makes.
    /// </summary>
    public bool IsFree(IReadOnlyList<Value> members) =>
        Given(members[0]) is null && !IsDecisive(members)
        && !members.Any(member => graph.Inputs.Contains(member) || uses.Producer(member)?.Operator is Softmax or ArgMax);

    /// <summary>Outputs and what a softmax or an arg max reads: the largest values decide, so none of them is clipped.</summary>
    public bool IsDecisive(IReadOnlyList<Value> members) => members.Any(member =>
        uses.IsOutput(member) || uses.Consumers(member).Any(reader => reader.Operator is Softmax or ArgMax));

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
}
