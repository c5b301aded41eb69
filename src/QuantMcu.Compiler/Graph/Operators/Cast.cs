using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Conversion of the element type; float to integer truncates.</summary>
public sealed record Cast(ElementType To) : Operator
{
    public override string Name => "Cast";

    public override ImmutableArray<TensorType> Infer(OperatorContext context) => One(To, context.Type(0, this).Shape);
}
