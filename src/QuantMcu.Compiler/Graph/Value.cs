namespace QuantMcu.Compiler.Graph;

/// <summary>
/// An edge of the graph: a graph input, a constant, or one output of one node. Values are compared by reference; the name
/// is for people (it is the model's own where there is one) and need not be unique after passes.
/// </summary>
public sealed class Value
{
    public Value(string name, TensorType type)
    {
        Name = name;
        Type = type;
    }

    public Value(string name, Tensor constant)
        : this(name, constant.Type) => Constant = constant;

    public string Name { get; }

    public TensorType Type { get; }

    public Shape Shape => Type.Shape;

    /// <summary>The values, where the edge is a constant.</summary>
    public Tensor? Constant { get; }

    public override string ToString() => Name + ": " + Type;
}
