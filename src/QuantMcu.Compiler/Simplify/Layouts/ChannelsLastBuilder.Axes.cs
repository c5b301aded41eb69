using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>
/// Operators that name axes: they work in the order of axes in which their input lies, and their axes are renumbered.
/// </summary>
internal sealed partial class ChannelsLastBuilder
{
    private void ConvertAlongAxes(Node node)
    {
        var view = Lifted(node, out var op);
        int[] order = OrderFor(node, view);
        var operands = node.Inputs.Select((input, i) => input is null ? null
            : i == 0 ? arranger.Arrange(view, order)
            : op is Concat ? arranger.Arrange(ViewOf(input), order)
            : arranger.Canonical(ViewOf(input)));

        EmitAs(node, Renumbered(op, order), operands.ToArray());
        foreach (var output in node.Outputs)
        {
            var kept = ShapeWithUnits(output.Shape, view.Shape, op);
            views[output] = View.Of(rewriter.Map(output), kept, order).Reshape(output.Shape);
        }
    }

    /// <summary>
    /// The first input, with axes of size 1 where the operator needs them: Expand adds axes, a reduction over L is one over H and
    /// W.
    /// </summary>
    private View Lifted(Node node, out Operator op)
    {
        op = node.Operator;
        var view = Input(node, 0);
        if (op is Expand expand)
            return Padded(view, expand.Shape.Rank);

        if (op is Reduce { Axes.Length: 1 } reduce && reduce.Axes[0] == 2 && view.Shape.Rank == 3)
        {
            op = reduce with { Axes = ImmutableArray.Create(2, 3) };
            return view.Reshape(new Shape(view.Shape[0], view.Shape[1], 1, view.Shape[2]));
        }

        return view;
    }

    /// <summary>
    /// The order in which the first input lies; of a Concat, the first that is not in the source's own order: moving one operand
    /// is cheaper than moving all.
    /// </summary>
    private int[] OrderFor(Node node, View first) =>
        Arranger.NaturalOrder(node.Operator is Concat
            ? node.Inputs.Select(input => ViewOf(input!)).FirstOrDefault(view => !view.IsIdentity) ?? first
            : first);

    private static Operator Renumbered(Operator op, int[] order)
    {
        int At(int axis) => Array.IndexOf(order, axis);
        ImmutableArray<T> Moved<T>(ImmutableArray<T> perAxis) => order.Select(axis => perAxis[axis]).ToImmutableArray();

        return op switch
        {
            Slice slice => new Slice(Moved(slice.Starts), Moved(slice.Steps), Moved(slice.Sizes)),
            Pad pad => pad with { Begin = Moved(pad.Begin), End = Moved(pad.End) },
            Split split => split with { Axis = At(split.Axis) },
            Concat concat => new Concat(At(concat.Axis)),
            Softmax softmax => softmax with { Axis = At(softmax.Axis) },
            ArgMax argMax => argMax with { Axis = At(argMax.Axis), KeepDims = true },
            Reduce reduce =>
                reduce with { Axes = reduce.Axes.Select(At).OrderBy(axis => axis).ToImmutableArray(), KeepDims = true },
            Expand expand => new Expand(new Shape(Moved(expand.Shape.Dimensions))),
            Quantize quantize => quantize with { Axis = At(quantize.Axis) },
            Dequantize dequantize => dequantize with { Axis = At(dequantize.Axis) },
            Resize resize => resize with { Sizes = Moved(resize.Sizes), Scales = Moved(resize.Scales) },
            _ => throw new InvalidOperationException("No axes known for " + op.Name + "."),
        };
    }

    /// <summary>The output's shape with the reduced axes kept at size 1.</summary>
    private static Shape ShapeWithUnits(Shape output, Shape input, Operator op) => op switch
    {
        Reduce reduce => new Shape(input.Select((size, axis) => reduce.Axes.Contains(axis) ? 1 : size)),
        ArgMax argMax => new Shape(input.Dimensions.SetItem(argMax.Axis, 1)),
        _ => output,
    };
}
