using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

public enum PadMode
{
    Constant,
    Reflect,
    Edge,
    Wrap,
}

/// <summary>Adds (or, where negative, removes) elements before and after every axis.</summary>
public sealed record Pad(PadMode Mode, ImmutableArray<int> Begin, ImmutableArray<int> End, double Value) : Operator
{
    public override string Name => "Pad";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Begin.Length != x.Shape.Rank || End.Length != x.Shape.Rank)
            throw context.Invalid(this, "it pads " + Begin.Length + " axes of shape " + x.Shape);

        var output = x.Shape.Select((d, axis) => (long)d + Begin[axis] + End[axis]).ToArray();
        if (output.Any(d => d < 0 || d > int.MaxValue))
            throw context.Invalid(this, "the padded shape is out of range");

        return One(x.Element, new Shape(output.Select(d => (int)d)));
    }
}
