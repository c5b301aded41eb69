using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>Who makes and who reads each value of a graph.</summary>
internal sealed class GraphUses
{
    private readonly Dictionary<Value, Node> producers = [];
    private readonly Dictionary<Value, List<Node>> consumers = [];
    private readonly HashSet<Value> outputs;

    public GraphUses(NetworkGraph graph)
    {
        outputs = [.. graph.Outputs];
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs)
                producers[output] = node;

            foreach (var input in node.Inputs)
            {
                if (input is null)
                    continue;

                if (!consumers.TryGetValue(input, out var readers))
                    consumers[input] = readers = [];
                readers.Add(node);
            }
        }
    }

    /// <summary>The node that computes a value; null for graph inputs and constants.</summary>
    public Node? Producer(Value value) => producers.TryGetValue(value, out var node) ? node : null;

    /// <summary>The nodes that read a value, in execution order; a node that reads it twice is there twice.</summary>
    public IReadOnlyList<Node> Consumers(Value value) => consumers.TryGetValue(value, out var nodes) ? nodes : Array.Empty<Node>();

    public bool IsOutput(Value value) => outputs.Contains(value);
}
