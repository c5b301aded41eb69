using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Quantizes to UInt8 by the tensor's own range. Outputs y, scale (scalar), zero point (scalar). Float path only.</summary>
public sealed record DynamicQuantize : Operator
{
    public override string Name => "DynamicQuantizeLinear";

    public override ImmutableArray<TensorType> Infer(OperatorContext context) => ImmutableArray.Create(
        new TensorType(ElementType.UInt8, context.Type(0, this).Shape),
        new TensorType(ElementType.Float32, Shape.Scalar),
        new TensorType(ElementType.UInt8, Shape.Scalar));
}
