using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Matrix product with numpy's rules: batch axes broadcast, 1-D operands are vectors.</summary>
public sealed record MatMul : Operator
{
    public override string Name => "MatMul";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var a = context.Type(0, this);
        var b = context.Type(1, this);
        if (a.Shape.Rank == 0 || b.Shape.Rank == 0)
            throw context.Invalid(this, "a scalar cannot be multiplied as a matrix");

        var left = a.Shape.Rank == 1 ? new Shape(1, a.Shape[0]) : a.Shape;
        var right = b.Shape.Rank == 1 ? new Shape(b.Shape[0], 1) : b.Shape;
        var batch = Broadcast.Result(new Shape(left.Take(left.Rank - 2)), new Shape(right.Take(right.Rank - 2)));
        if (batch is null || left[left.Rank - 1] != right[right.Rank - 2])
            throw context.Invalid(this, "shapes " + a.Shape + " and " + b.Shape + " do not fit");

        var output = batch.ToList();
        if (a.Shape.Rank > 1)
            output.Add(left[left.Rank - 2]);
        if (b.Shape.Rank > 1)
            output.Add(right[right.Rank - 1]);

        return One(a.Element, new Shape(output));
    }
}
