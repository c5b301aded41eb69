using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>exp(x) over its sum along one axis (opset 13's meaning; older forms are reshaped around on import); its logarithm if Log.</summary>
public sealed record Softmax(int Axis, bool Log) : Operator
{
    public override string Name => Log ? "LogSoftmax" : "Softmax";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Axis >= x.Shape.Rank)
            throw context.Invalid(this, "axis " + Axis + " is outside shape " + x.Shape);

        return One(x.Element, x.Shape);
    }
}
