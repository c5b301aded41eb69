using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// Builds a new graph from an old one, in execution order: emit nodes, say which new value stands for which old one, finish.
/// Types are inferred again for every node, and nodes that nothing needs are dropped, so a fold only has to emit the folded node.
/// </summary>
public sealed class GraphRewriter
{
    private readonly Dictionary<Value, Value> replacements = new();
    private readonly Dictionary<Value, int> uses = new();
    private readonly Dictionary<Value, Node> sourceProducers = new();
    private readonly Dictionary<Value, Node> producers = new();
    private readonly List<Node> nodes = new();
    private readonly List<Value> inputs;

    public GraphRewriter(NetworkGraph source)
    {
        Source = source;
        inputs = source.Inputs.ToList();
        foreach (var value in source.Nodes.SelectMany(node => node.Inputs).OfType<Value>().Concat(source.Outputs))
            uses[value] = Uses(value) + 1;

        foreach (var node in source.Nodes)
        {
            foreach (var output in node.Outputs)
                sourceProducers[output] = node;
        }
    }

    public NetworkGraph Source { get; }

    /// <summary>Consumers of an old value; a graph output counts as one.</summary>
    public int Uses(Value old) => uses.TryGetValue(old, out int count) ? count : 0;

    /// <summary>The new value that stands for an old one: itself, unless it was replaced.</summary>
    public Value Map(Value old) => replacements.TryGetValue(old, out var value) ? value : old;

    /// <summary>The new value of an input of an old node.</summary>
    public Value Input(Node node, int index) => Map(node.Inputs[index]!);

    /// <summary>The new value of an optional input, or null where it is absent.</summary>
    public Value? OptionalInput(Node node, int index) =>
        index < node.Inputs.Length && node.Inputs[index] is { } value ? Map(value) : null;

    /// <summary>The emitted node that makes a new value; null for graph inputs and constants.</summary>
    public Node? Producer(Value @new) => producers.TryGetValue(@new, out var node) ? node : null;

    /// <summary>The old node that makes an old value; null for graph inputs and constants.</summary>
    public Node? SourceProducer(Value old) => sourceProducers.TryGetValue(old, out var node) ? node : null;

    /// <summary>
    /// The emitted node behind input <paramref name="index"/> of an old node, if that is its only consumer and it applies a
    /// <typeparamref name="T"/>: the case in which the two may become one.
    /// </summary>
    public Node? OnlyProducer<T>(Node node, int index)
        where T : Operator
    {
        var old = node.Inputs[index]!;
        return Uses(old) == 1 && Producer(Map(old)) is { Operator: T } producer ? producer : null;
    }

    /// <summary>Emits a node with one output.</summary>
    public Value Emit(string name, Operator @operator, string outputName, params Value?[] operands) =>
        EmitNode(name, @operator, operands.ToImmutableArray(), outputName)[0];

    public ImmutableArray<Value> EmitNode(
        string name, Operator @operator, ImmutableArray<Value?> operands, params string[] outputNames)
    {
        var node = Node.Create(name, @operator, operands, outputNames);
        nodes.Add(node);
        foreach (var output in node.Outputs)
            producers[output] = node;

        return node.Outputs;
    }

    /// <summary>From here on, <paramref name="new"/> stands for <paramref name="old"/>.</summary>
    public void Replace(Value old, Value @new) => replacements[old] = @new;

    /// <summary>Replaces the only output of a node by a newly emitted one of the same name.</summary>
    public void ReplaceBy(Node node, Operator @operator, params Value?[] operands) =>
        Replace(node.Output, Emit(node.Name, @operator, node.Output.Name, operands));

    public void ReplaceInput(int index, Value @new)
    {
        Replace(inputs[index], @new);
        inputs[index] = @new;
    }

    /// <summary>The old node with the new values of its inputs; not emitted.</summary>
    public Node OnNewInputs(Node node) => new(node.Name, node.Operator, Operands(node), node.Outputs);

    /// <summary>Emits the node again, on the new values of its inputs.</summary>
    public void Keep(Node node)
    {
        var operands = Operands(node);
        var outputs = EmitNode(node.Name, node.Operator, operands, node.Outputs.Select(output => output.Name).ToArray());
        for (int i = 0; i < outputs.Length; i++)
            Replace(node.Outputs[i], outputs[i]);
    }

    /// <summary>The new graph: without dead nodes, and with the outputs under their old names.</summary>
    public NetworkGraph Finish()
    {
        NameOutputs();
        var outputs = Source.Outputs.Select(Map).ToImmutableArray();
        return new NetworkGraph(Source.Name, inputs.ToImmutableArray(), outputs, Live(outputs));
    }

    /// <summary>
    /// A network's outputs become parameters of its API, so they keep their names whatever now computes them: the value is
    /// renamed, or, where it is an input or serves two outputs, a Reshape to its own shape carries the name.
    /// </summary>
    private void NameOutputs()
    {
        var taken = new HashSet<Value>();
        foreach (var output in Source.Outputs)
        {
            var value = Map(output);
            if (value.Constant is { } constant)
                Replace(output, new Value(output.Name, constant));
            else if (value.Name == output.Name && taken.Add(value))
                continue;
            else if (Producer(value) is { } producer && !taken.Contains(value) && !IsOutputName(value.Name))
                Rename(producer, value, output.Name);
            else
                Replace(output, Emit(output.Name, new Reshape(value.Shape), output.Name, value));

            taken.Add(Map(output));
        }
    }

    private ImmutableArray<Value?> Operands(Node node) =>
        node.Inputs.Select(input => input is null ? null : Map(input)).ToImmutableArray();

    private bool IsOutputName(string name) => Source.Outputs.Any(output => output.Name == name);

    private void Rename(Node producer, Value value, string name)
    {
        var renamed = new Value(name, value.Type);
        for (int i = nodes.IndexOf(producer); i < nodes.Count; i++)
        {
            var node = nodes[i];
            if (!node.Inputs.Contains(value) && !node.Outputs.Contains(value))
                continue;

            var operands = node.Inputs.Select(input => input == value ? renamed : input).ToImmutableArray();
            var results = node.Outputs.Select(output => output == value ? renamed : output).ToImmutableArray();
            nodes[i] = new Node(node.Name, node.Operator, operands, results);
            foreach (var result in results)
                producers[result] = nodes[i];
        }

        foreach (var old in replacements.Where(pair => pair.Value == value).Select(pair => pair.Key).ToList())
            replacements[old] = renamed;
    }

    private ImmutableArray<Node> Live(ImmutableArray<Value> outputs)
    {
        var needed = new HashSet<Value>(outputs);
        var live = new List<Node>();
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (!nodes[i].Outputs.Any(needed.Contains))
                continue;

            live.Add(nodes[i]);
            needed.UnionWith(nodes[i].Inputs.OfType<Value>());
        }

        live.Reverse();
        return live.ToImmutableArray();
    }
}
