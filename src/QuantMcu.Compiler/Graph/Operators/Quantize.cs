using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>
/// saturate(round(x / scale) + zero point), halves to even. Inputs x, scale, optional zero point; scale and zero point are scalars
/// or have one entry per index of <c>Axis</c>, or one per block of <c>BlockSize</c> indices along it if that is not 0.
/// </summary>
public sealed record Quantize(int Axis, int BlockSize, ElementType To) : Operator
{
    public override string Name => "QuantizeLinear";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        context.Type(1, this);
        return One(To, context.Type(0, this).Shape);
    }
}
