using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

public enum BinaryKind
{
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Pow,
}

/// <summary>An elementwise function of two tensors, with broadcasting.</summary>
public sealed record Binary(BinaryKind Kind) : Operator
{
    /// <summary>Applied to every output element.</summary>
    public Clamp Clamp { get; init; } = Clamp.None;

    public override string Name => Kind.ToString();

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var a = context.Type(0, this);
        var b = context.Type(1, this);
        var shape = Broadcast.Result(a.Shape, b.Shape)
            ?? throw context.Invalid(this, "shapes " + a.Shape + " and " + b.Shape + " do not broadcast");

        return One(a.Element, shape);
    }
}
