using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph;

/// <summary>
/// A network in single-assignment form, immutable. Nodes are in execution order: every input is a graph input, a constant, or an
/// output of an earlier node. All shapes are known.
/// </summary>
public sealed class NetworkGraph
{
    public NetworkGraph(string name, ImmutableArray<Value> inputs, ImmutableArray<Value> outputs, ImmutableArray<Node> nodes)
    {
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        Nodes = nodes;
    }

    public string Name { get; }

    /// <summary>The inputs that a caller must give (initializers are constants, not inputs).</summary>
    public ImmutableArray<Value> Inputs { get; }

    public ImmutableArray<Value> Outputs { get; }

    public ImmutableArray<Node> Nodes { get; }
}
