using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Axis i of the output is axis Permutation[i] of the input.</summary>
public sealed record Transpose(ImmutableArray<int> Permutation) : Operator
{
    public override string Name => "Transpose";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (!Permutation.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, x.Shape.Rank)))
            throw context.Invalid(this, "perm " + string.Join(",", Permutation) + " is not a permutation of the axes of " + x.Shape);

        return One(x.Element, new Shape(Permutation.Select(axis => x.Shape[axis])));
    }
}
