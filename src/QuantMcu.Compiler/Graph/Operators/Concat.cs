using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>The inputs one after the other along an axis.</summary>
public sealed record Concat(int Axis) : Operator
{
    public override string Name => "Concat";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var first = context.Type(0, this);
        var output = first.Shape.ToArray();
        if (Axis >= output.Length)
            throw context.Invalid(this, "axis " + Axis + " is outside shape " + first.Shape);

        long size = 0;
        for (int i = 0; i < context.Count; i++)
        {
            var shape = context.Type(i, this).Shape;
            if (shape.Rank != output.Length || shape.Where((d, axis) => axis != Axis && d != output[axis]).Any())
                throw context.Invalid(this, "input " + i + " of shape " + shape + " does not fit " + first.Shape);

            size += shape[Axis];
        }

        if (size > int.MaxValue)
            throw context.Invalid(this, "the result has too many elements");

        output[Axis] = (int)size;
        return One(first.Element, new Shape(output));
    }
}
