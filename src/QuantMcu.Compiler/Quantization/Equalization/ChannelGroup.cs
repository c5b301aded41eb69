using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>
/// Tensors whose channels can be multiplied by one positive factor each without changing the function: convolutions make them, convolutions read
/// them, and everything between commutes with such factors. A residual chain is one group: Add keeps the channels of both operands.
/// </summary>
/// <param name="Tensors">The tensors, in execution order.</param>
/// <param name="Producers">Convolutions whose output is in the group.</param>
/// <param name="Consumers">Convolutions that read a tensor of the group.</param>
internal sealed record ChannelGroup(IReadOnlyList<Value> Tensors, IReadOnlyList<Node> Producers, IReadOnlyList<Node> Consumers)
{
    public int Channels => LastAxis(Tensors[0]);

    /// <summary>All groups of a network whose factors are free.</summary>
    public static IReadOnlyList<ChannelGroup> Find(NetworkGraph graph, GraphUses uses)
    {
        var joined = new Dictionary<Value, List<Value>>();
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs)
                joined[output] = [output];

            if (Commutes(node))
            {
                foreach (var input in node.Inputs)
                {
                    if (input is { Constant: null })
                        Join(joined, input, node.Output);
                }
            }
        }

        return joined.Values.Distinct().Select(tensors => Create(tensors, graph, uses)).OfType<ChannelGroup>().ToList();
    }

    private static void Join(Dictionary<Value, List<Value>> joined, Value input, Value output)
    {
        if (!joined.TryGetValue(input, out var first))
            joined[input] = first = [input];
        var second = joined[output];
        if (first == second)
            return;

        first.AddRange(second);
        foreach (var value in second)
            joined[value] = first;
    }

    private static ChannelGroup? Create(List<Value> tensors, NetworkGraph graph, GraphUses uses)
    {
        var producers = new List<Node>();
        var consumers = new List<Node>();
        foreach (var tensor in tensors)
        {
            if (uses.IsOutput(tensor) || uses.Producer(tensor) is not { } producer)
                return null;

            if (IsFreeConv(producer))
                producers.Add(producer);
            else if (!Commutes(producer))
                return null;

            foreach (var reader in uses.Consumers(tensor))
            {
                if (IsFreeConv(reader) && reader.Inputs[0] == tensor && ((Conv)reader.Operator).PadValues.Length == 0)
                    consumers.Add(reader);
                else if (!Commutes(reader))
                    return null;
            }
        }

        return producers.Count > 0 && consumers.Count > 0 ? new ChannelGroup(tensors, producers, consumers) : null;
    }

    /// <summary>A convolution with float weights, whose clamp is an interval around zero.</summary>
    private static bool IsFreeConv(Node node) =>
        node.Operator is Conv { Layout: Layout.ChannelsLast } conv && conv.Clamp.Min <= 0 && conv.Clamp.Max >= 0
        && node.Inputs[1]!.Constant is not null && node.Inputs.Length > 2 && node.Inputs[2]?.Constant is not null;

    /// <summary>f(s * x) = s * f(x) for every positive factor per channel, channels being the last axis on both sides.</summary>
    private static bool Commutes(Node node)
    {
        bool homogeneous = node.Operator switch
        {
            Unary { Kind: UnaryKind.LeakyRelu } or MaxPool or AveragePool or Reshape => true,
            Resize resize => resize.Mode != ResizeMode.Cubic,
            PRelu => node.Inputs[1]!.Constant is not null,
            Reduce reduce => !reduce.Axes.Contains(node.Inputs[0]!.Shape.Rank - 1),
            Clip clip => clip.Clamp == Clamp.Relu,
            Binary { Kind: BinaryKind.Add or BinaryKind.Sub } sum => sum.Clamp.IsNone || sum.Clamp == Clamp.Relu,
            _ => false,
        };

        // Operands that are constants, or broadcast over the channels, would need factors of their own.
        return homogeneous && node.Inputs.All(input => IsScaled(node, input));
    }

    private static bool IsScaled(Node node, Value? input)
    {
        if (node.Operator is PRelu && input == node.Inputs[1])
            return true;

        return input is { Constant: null } && input.Shape.Rank > 0 && node.Output.Shape.Rank > 0
            && LastAxis(input) == LastAxis(node.Output);
    }

    private static int LastAxis(Value value) => value.Shape[value.Shape.Rank - 1];
}
