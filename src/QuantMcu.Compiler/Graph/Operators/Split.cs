using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Cuts one axis into parts of the given sizes, one output each.</summary>
public sealed record Split(int Axis, ImmutableArray<int> Sizes) : Operator
{
    public override string Name => "Split";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Axis >= x.Shape.Rank || Sizes.Sum(size => (long)size) != x.Shape[Axis])
            throw context.Invalid(this, "sizes " + string.Join(",", Sizes) + " do not make up axis " + Axis + " of " + x.Shape);

        return Sizes.Select(size => new TensorType(x.Element, new Shape(x.Shape.Dimensions.SetItem(Axis, size)))).ToImmutableArray();
    }
}
