using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Mean over a window. Padding counts as zeros if <see cref="CountIncludePad"/>, else it is left out of the divisor.</summary>
public sealed record AveragePool(Window Window, bool Ceiling, bool CountIncludePad, Layout Layout) : Operator
{
    public override string Name => "AveragePool";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        return One(x.Element, Pooling.OutputShape(this, context, x.Shape, Window, Ceiling, Layout));
    }
}
