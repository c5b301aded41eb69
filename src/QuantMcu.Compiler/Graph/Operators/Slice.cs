using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>
/// A regular part of a tensor: along every axis, <c>Sizes</c> elements from <c>Starts</c> on in steps of <c>Steps</c> (which may be
/// negative). All three have one entry per axis and are already clipped to the input.
/// </summary>
public sealed record Slice(ImmutableArray<int> Starts, ImmutableArray<int> Steps, ImmutableArray<int> Sizes) : Operator
{
    public override string Name => "Slice";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Starts.Length != x.Shape.Rank)
            throw context.Invalid(this, "it cuts " + Starts.Length + " axes of shape " + x.Shape);

        return One(x.Element, new Shape(Sizes));
    }
}
