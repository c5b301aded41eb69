using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph;

/// <summary>One operator applied to values. Optional inputs that are absent are null.</summary>
public sealed class Node
{
    public Node(string name, Operator @operator, ImmutableArray<Value?> inputs, ImmutableArray<Value> outputs)
    {
        Name = name;
        Operator = @operator;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The model's node name, or its first output where the node has none.</summary>
    public string Name { get; }

    public Operator Operator { get; }

    public ImmutableArray<Value?> Inputs { get; }

    public ImmutableArray<Value> Outputs { get; }

    /// <summary>The only output of a node that has one.</summary>
    public Value Output => Outputs[0];

    /// <summary>Makes a node and its output values: types inferred, outputs named <paramref name="outputNames"/>.</summary>
    /// <exception cref="Diagnostics.ModelException">The operator refuses these inputs.</exception>
    public static Node Create(string name, Operator @operator, ImmutableArray<Value?> inputs, params string[] outputNames)
    {
        var types = @operator.Infer(new OperatorContext(name, inputs));
        var outputs = ImmutableArray.CreateBuilder<Value>(types.Length);
        for (int i = 0; i < types.Length; i++)
            outputs.Add(new Value(i < outputNames.Length ? outputNames[i] : name + ":" + i, types[i]));

        return new Node(name, @operator, inputs, outputs.ToImmutable());
    }

    public override string ToString() => Operator.Name + " '" + Name + "'";
}
