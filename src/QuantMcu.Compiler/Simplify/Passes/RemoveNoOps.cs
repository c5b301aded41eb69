using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Drops nodes whose result is their input: Identity and Dropout, operators whose attributes leave nothing to do, the first of
/// two Reshapes.
/// </summary>
public sealed class RemoveNoOps : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Outputs.Length != 1)
            return false;

        if (IsNoOp(rewriter, node))
        {
            rewriter.Replace(node.Output, rewriter.Input(node, 0));
            return true;
        }

        if (node.Operator is not Reshape || rewriter.Producer(rewriter.Input(node, 0)) is not { Operator: Reshape } first)
            return false;

        var x = first.Inputs[0]!;
        if (x.Shape.Equals(node.Output.Shape))
            rewriter.Replace(node.Output, x);
        else
            rewriter.ReplaceBy(node, node.Operator, x);

        return true;
    }

    private static bool IsNoOp(GraphRewriter rewriter, Node node)
    {
        var x = rewriter.Input(node, 0);
        bool keepsShape = x.Shape.Equals(node.Output.Shape);
        return node.Operator switch
        {
            Identity => true,
            Cast cast => cast.To == x.Type.Element,
            Reshape or Expand => keepsShape,
            Slice slice => keepsShape && slice.Steps.All(step => step == 1),
            Transpose transpose => IsAscending(transpose.Permutation),
            Pad pad => pad.Begin.Concat(pad.End).All(count => count == 0),
            Concat => node.Inputs.Length == 1,
            Split => true,
            Clip clip => clip.Clamp.IsNone,
            Resize resize => keepsShape && resize.Scales.All(scale => scale == 1),
            MaxPool pool => IsPointwise(pool.Window),
            AveragePool pool => IsPointwise(pool.Window),
            Reduce reduce => keepsShape && reduce.Axes.All(axis => x.Shape[axis] == 1),
            _ => false,
        };
    }

    private static bool IsAscending(IReadOnlyList<int> permutation) =>
        permutation.SequenceEqual(Enumerable.Range(0, permutation.Count));

    private static bool IsPointwise(Window window) => window.Taps == 1 && window.Strides.All(stride => stride == 1)
        && window.PadsBegin.Concat(window.PadsEnd).All(pad => pad == 0);
}
