using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>min(Max, max(Min, x)). Relu is Clip to [0, infinity).</summary>
public sealed record Clip(Clamp Clamp) : Operator
{
    public override string Name => Clamp == Clamp.Relu ? "Relu" : "Clip";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        return One(x.Element, x.Shape);
    }
}
