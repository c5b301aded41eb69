using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Onnx.Proto;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>
/// Checks that every value is defined once and that nodes can be executed, and finds the order. ONNX demands that
/// nodes come sorted; where they do the order is theirs, and where they do not it is the sorted one nearest to theirs.
/// </summary>
internal static class NodeOrder
{
    private const int DefinedOutside = -1;

    /// <returns>Indices into the graph's nodes.</returns>
    /// <exception cref="ModelException">A name is defined twice or never, or nodes form a cycle.</exception>
    public static List<int> Sort(GraphProto graph)
    {
        var producers = Producers(graph);
        var consumers = new List<int>[graph.Node.Count];
        var missing = new int[graph.Node.Count];
        for (int i = 0; i < missing.Length; i++)
        {
            foreach (int producer in ProducersOf(graph, i, producers))
            {
                (consumers[producer] ??= new List<int>()).Add(i);
                missing[i]++;
            }
        }

        var ready = new SortedSet<int>(Enumerable.Range(0, missing.Length).Where(i => missing[i] == 0));
        var order = new List<int>(missing.Length);
        while (ready.Count > 0)
        {
            int next = ready.Min;
            ready.Remove(next);
            order.Add(next);
            foreach (int consumer in consumers[next] ?? Enumerable.Empty<int>())
            {
                if (--missing[consumer] == 0)
                    ready.Add(consumer);
            }
        }

        return order.Count == missing.Length ? order : throw Cycle(graph, producers, missing);
    }

    /// <summary>The node that defines each value, or <see cref="DefinedOutside"/>.</summary>
    private static Dictionary<string, int> Producers(GraphProto graph)
    {
        if (graph.Node.Count == 0)
            throw new ModelException(OnnxRules.InvalidGraph, "it has no nodes");
        if (graph.SparseInitializer.Count > 0)
            throw new ModelException(OnnxRules.UnsupportedType, graph.SparseInitializer[0].Values?.Name ?? "", "sparse tensor");

        var producers = new Dictionary<string, int>();
        foreach (var initializer in graph.Initializer)
            Define(producers, initializer.Name, DefinedOutside);

        var inputs = new HashSet<string>();
        foreach (var input in graph.Input)
        {
            if (!inputs.Add(input.Name))
                throw DefinedTwice(input.Name);

            // An initializer may be listed among the inputs, as every one was before IR 4.
            if (!producers.ContainsKey(input.Name))
                Define(producers, input.Name, DefinedOutside);
        }

        for (int i = 0; i < graph.Node.Count; i++)
        {
            foreach (string output in graph.Node[i].Output.Where(name => name.Length > 0))
                Define(producers, output, i);
        }

        return producers;
    }

    private static void Define(Dictionary<string, int> producers, string name, int producer)
    {
        if (name.Length == 0)
            throw new ModelException(OnnxRules.InvalidGraph, "an input or initializer has no name");
        if (producers.ContainsKey(name))
            throw DefinedTwice(name);

        producers.Add(name, producer);
    }

    /// <summary>The nodes, each once, that a node must wait for.</summary>
    private static IEnumerable<int> ProducersOf(GraphProto graph, int node, Dictionary<string, int> producers)
    {
        var found = new SortedSet<int>();
        foreach (string input in graph.Node[node].Input.Where(name => name.Length > 0))
        {
            if (!producers.TryGetValue(input, out int producer))
                throw new ModelException(OnnxRules.InvalidGraph, "node '" + NameOf(graph.Node[node]) + "' uses '" + input + "', which nothing defines");
            if (producer != DefinedOutside)
                found.Add(producer);
        }

        return found;
    }

    // Every unfinished node waits for another unfinished one: walking from one to the next must end in a circle.
    private static ModelException Cycle(GraphProto graph, Dictionary<string, int> producers, int[] missing)
    {
        var visited = new HashSet<int>();
        int node = System.Array.FindIndex(missing, count => count > 0);
        while (visited.Add(node))
            node = ProducersOf(graph, node, producers).First(producer => missing[producer] > 0);

        return new ModelException(OnnxRules.InvalidGraph, "node '" + NameOf(graph.Node[node]) + "' depends on its own output (a cycle)");
    }

    private static ModelException DefinedTwice(string name) => new(OnnxRules.InvalidGraph, "'" + name + "' is defined twice");

    private static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? node.OpType;
}
