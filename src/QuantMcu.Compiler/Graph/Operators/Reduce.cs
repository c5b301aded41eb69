using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph.Operators;

public enum ReduceKind
{
    Mean,
    Sum,
    Max,
}

/// <summary>Reduction over axes (resolved, ascending, non-negative). GlobalAveragePool and GlobalMaxPool are reductions too.</summary>
public sealed record Reduce(ReduceKind Kind, ImmutableArray<int> Axes, bool KeepDims) : Operator
{
    public override string Name => "Reduce" + Kind;

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        var output = ImmutableArray.CreateBuilder<int>();
        for (int axis = 0; axis < x.Shape.Rank; axis++)
        {
            if (!Axes.Contains(axis))
                output.Add(x.Shape[axis]);
            else if (KeepDims)
                output.Add(1);
        }

        return One(x.Element, new Shape(output.ToImmutable()));
    }
}
