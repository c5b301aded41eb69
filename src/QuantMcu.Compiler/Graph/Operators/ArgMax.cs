using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Index of the largest element along an axis, as Int64.</summary>
public sealed record ArgMax(int Axis, bool KeepDims, bool SelectLast) : Operator
{
    public override string Name => "ArgMax";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Axis >= x.Shape.Rank)
            throw context.Invalid(this, "axis " + Axis + " is outside shape " + x.Shape);

        var shape = KeepDims ? x.Shape.Dimensions.SetItem(Axis, 1) : x.Shape.Dimensions.RemoveAt(Axis);
        return One(ElementType.Int64, new Shape(shape));
    }
}
