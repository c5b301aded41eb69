using System.Collections.Immutable;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>
/// What a node does, with every attribute resolved: defaults filled in, opset differences gone, axes non-negative, pads explicit.
/// One record, one file. Evaluation lives in Reference/Float, one file per operator too.
/// </summary>
public abstract record Operator
{
    /// <summary>The name that reports and diagnostics print: the ONNX operator's, as a rule.</summary>
    public abstract string Name { get; }

    /// <summary>The types of the outputs for these inputs.</summary>
    /// <exception cref="ModelException">The inputs do not fit the operator.</exception>
    public abstract ImmutableArray<TensorType> Infer(OperatorContext context);

    protected static ImmutableArray<TensorType> One(ElementType element, Shape shape) => ImmutableArray.Create(new TensorType(element, shape));
}

/// <summary>The inputs of one node while its types are inferred, and the node's name for diagnostics.</summary>
public sealed record OperatorContext(string Node, ImmutableArray<Value?> Inputs)
{
    public int Count => Inputs.Length;

    /// <summary>The type of a required input.</summary>
    public TensorType Type(int index, Operator @operator) =>
        index < Inputs.Length && Inputs[index] is { } value
            ? value.Type
            : throw Invalid(@operator, "input " + index + " is missing");

    public ModelException Invalid(Operator @operator, string what) => new(OnnxRules.InvalidNode, Node, @operator.Name, what);
}
