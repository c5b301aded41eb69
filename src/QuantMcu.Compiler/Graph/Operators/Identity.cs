using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Its input, unchanged (Identity, and Dropout at inference).</summary>
public sealed record Identity : Operator
{
    public override string Name => "Identity";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        return One(x.Element, x.Shape);
    }
}
