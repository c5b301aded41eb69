using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Inference form: Y = Scale * (X - Mean) / sqrt(Variance + Epsilon) + B, per channel (axis 1). Inputs X, Scale, B, Mean, Variance.</summary>
public sealed record BatchNormalization(float Epsilon) : Operator
{
    public override string Name => "BatchNormalization";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        int channels = x.Shape.Rank > 1 ? x.Shape[1] : 1;
        for (int i = 1; i < 5; i++)
        {
            if (context.Type(i, this).Shape.Elements != channels)
                throw context.Invalid(this, "input " + i + " does not have " + channels + " elements");
        }

        return One(x.Element, x.Shape);
    }
}
