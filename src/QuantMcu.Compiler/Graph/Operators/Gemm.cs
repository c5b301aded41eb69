using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Y = Alpha * A' * B' + Beta * C; A' is A or its transpose, C broadcasts to Y. A[M, K], B[K, N] after transposition.</summary>
public sealed record Gemm(float Alpha, float Beta, bool TransposeA, bool TransposeB) : Operator
{
    public override string Name => "Gemm";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var a = context.Type(0, this);
        var b = context.Type(1, this);
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2)
            throw context.Invalid(this, "inputs " + a.Shape + " and " + b.Shape + " are not matrices");

        int m = a.Shape[TransposeA ? 1 : 0], k = a.Shape[TransposeA ? 0 : 1];
        int n = b.Shape[TransposeB ? 0 : 1];
        if (k != b.Shape[TransposeB ? 1 : 0])
            throw context.Invalid(this, "inputs " + a.Shape + " and " + b.Shape + " do not share their inner dimension");

        var output = new Shape(m, n);
        if (context.Count > 2 && context.Inputs[2] is { } c && Broadcast.Result(output, c.Shape)?.Equals(output) != true)
            throw context.Invalid(this, "C " + c.Shape + " does not broadcast to " + output);

        return One(a.Element, output);
    }
}
