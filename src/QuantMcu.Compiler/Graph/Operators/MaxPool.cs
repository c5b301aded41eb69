using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Maximum over a window; padding never wins. X[N, C, spatial] or X[N, spatial, C].</summary>
public sealed record MaxPool(Window Window, bool Ceiling, Layout Layout) : Operator
{
    public override string Name => "MaxPool";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        return One(x.Element, Pooling.OutputShape(this, context, x.Shape, Window, Ceiling, Layout));
    }
}

/// <summary>The output shape that both pooling operators share.</summary>
internal static class Pooling
{
    public static Shape OutputShape(Operator op, OperatorContext context, Shape input, Window window, bool ceiling, Layout layout)
    {
        if (input.Rank != window.Rank + 2)
            throw context.Invalid(op, "input " + input + " does not have " + window.Rank + " spatial axes");

        var output = System.Linq.Enumerable.ToArray(input);
        int firstSpatial = layout == Layout.ChannelsFirst ? 2 : 1;
        for (int axis = 0; axis < window.Rank; axis++)
        {
            output[firstSpatial + axis] = window.OutputSize(axis, input[firstSpatial + axis], ceiling);
            if (output[firstSpatial + axis] < 1)
                throw context.Invalid(op, "the window does not fit the padded input " + input);
        }

        return new Shape(output);
    }
}
