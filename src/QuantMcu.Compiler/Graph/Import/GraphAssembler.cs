using System.Collections.Generic;
using System.Collections.Immutable;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>The graph while it grows: values by their ONNX names, nodes in order, and the running totals that are bounded.</summary>
internal sealed class GraphAssembler
{
    private readonly Dictionary<string, Value> values = new();
    private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
    private long totalElements;
    private long totalWork;

    public GraphAssembler(int opset) => Opset = opset;

    /// <summary>Opset of the default domain.</summary>
    public int Opset { get; }

    public Value? Find(string name) => values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Makes a graph input or a constant known under its name.</summary>
    public void Define(Value value)
    {
        Count(value);
        Bind(value.Name, value);
    }

    /// <summary>Makes a value known under an ONNX name.</summary>
    public void Bind(string name, Value value)
    {
        if (values.ContainsKey(name))
            throw new ModelException(OnnxRules.InvalidGraph, "'" + name + "' is defined twice");

        values.Add(name, value);
    }

    /// <summary>Appends a node, or evaluates it where its inputs are constant and small, and returns its outputs.</summary>
    /// <exception cref="ModelException">The operator refuses its inputs, or a result is too large.</exception>
    public ImmutableArray<Value> Append(string name, Operator @operator, ImmutableArray<Value?> inputs, string[] outputNames)
    {
        var node = Node.Create(name, @operator, inputs, outputNames);
        foreach (var output in node.Outputs)
            Count(output);

        totalWork += Work.Of(node);
        if (totalWork > ModelLimits.Macs)
            throw new ModelException(OnnxRules.TooLarge, "The work of one inference, up to node '" + name + "',", ModelLimits.Macs + " multiply-accumulates");

        var folded = ConstantFolder.Fold(node);
        if (!folded.IsDefault)
            return folded;

        if (nodes.Count == ModelLimits.Nodes)
            throw new ModelException(OnnxRules.TooLarge, "The number of nodes", ModelLimits.Nodes);

        nodes.Add(node);
        return node.Outputs;
    }

    public NetworkGraph ToGraph(string name, ImmutableArray<Value> inputs, ImmutableArray<Value> outputs) =>
        new(name, inputs, outputs, nodes.ToImmutable());

    private void Count(Value value)
    {
        var dimensions = new List<long>(value.Shape.Rank);
        foreach (int dimension in value.Shape)
            dimensions.Add(dimension);

        totalElements += CheckedShape.Create(value.Name, dimensions).Elements;
        if (totalElements > ModelLimits.TotalElements)
            throw new ModelException(OnnxRules.TooLarge, "The number of elements of all tensors, up to '" + value.Name + "',", ModelLimits.TotalElements);
    }
}
