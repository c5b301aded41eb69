using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>(x - zero point) * scale; operands as in <see cref="Quantize"/>. The result has the scale's element type.</summary>
public sealed record Dequantize(int Axis, int BlockSize) : Operator
{
    public override string Name => "DequantizeLinear";

    public override ImmutableArray<TensorType> Infer(OperatorContext context) =>
        One(context.Type(1, this).Element, context.Type(0, this).Shape);
}
