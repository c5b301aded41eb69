using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Slices of input 0 along an axis, picked by the integer tensor in input 1.</summary>
public sealed record Gather(int Axis) : Operator
{
    public override string Name => "Gather";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        var indices = context.Type(1, this);
        if (Axis >= x.Shape.Rank)
            throw context.Invalid(this, "axis " + Axis + " is outside shape " + x.Shape);

        return One(x.Element, new Shape(x.Shape.Take(Axis).Concat(indices.Shape).Concat(x.Shape.Skip(Axis + 1))));
    }
}
