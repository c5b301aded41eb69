using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>The dimensions Start .. End - 1 of the input, as Int64. Constant, since every shape is fixed.</summary>
public sealed record ShapeOf(int Start, int End) : Operator
{
    public override string Name => "Shape";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        context.Type(0, this);
        return One(ElementType.Int64, new Shape(System.Math.Max(0, End - Start)));
    }
}
