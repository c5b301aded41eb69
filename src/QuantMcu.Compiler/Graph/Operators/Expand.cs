using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Broadcast to a shape (already combined with the input's own).</summary>
public sealed record Expand(Shape Shape) : Operator
{
    public override string Name => "Expand";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Broadcast.Result(x.Shape, Shape)?.Equals(Shape) != true)
            throw context.Invalid(this, "shape " + x.Shape + " does not expand to " + Shape);

        return One(x.Element, Shape);
    }
}
