using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>The same elements in the same order under another shape. Flatten, Squeeze and Unsqueeze are reshapes.</summary>
public sealed record Reshape(Shape Shape) : Operator
{
    public override string Name => "Reshape";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Shape.Elements != x.Shape.Elements)
            throw context.Invalid(this, "shape " + x.Shape + " does not have as many elements as " + Shape);

        return One(x.Element, Shape);
    }
}
