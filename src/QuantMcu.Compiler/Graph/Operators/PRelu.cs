using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>x &lt; 0 ? slope * x : x, the slope (input 1) broadcast to x.</summary>
public sealed record PRelu : Operator
{
    public override string Name => "PRelu";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        var slope = context.Type(1, this);
        if (Broadcast.Result(x.Shape, slope.Shape)?.Equals(x.Shape) != true)
            throw context.Invalid(this, "slope " + slope.Shape + " does not broadcast to " + x.Shape);

        return One(x.Element, x.Shape);
    }
}
