using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>Gather by constant, evenly spaced indices is a Slice (and a Reshape, where the indices are no list).</summary>
public sealed class LowerGather : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Gather gather || rewriter.Input(node, 1).Constant is not { } constant
            || constant.Shape.Elements == 0)
            return false;

        var x = rewriter.Input(node, 0);
        var indices = constant.Integers.Select(index => (int)(index < 0 ? index + x.Shape[gather.Axis] : index)).ToArray();
        int step = indices.Length == 1 ? 1 : indices[1] - indices[0];
        if (step == 0
            || indices.Where((index, i) => index != indices[0] + (i * step) || index < 0 || index >= x.Shape[gather.Axis]).Any())
            return false;

        var zeros = Enumerable.Repeat(0, x.Shape.Rank).ToImmutableArray();
        var ones = Enumerable.Repeat(1, x.Shape.Rank).ToImmutableArray();
        var slice = new Slice(
            zeros.SetItem(gather.Axis, indices[0]),
            ones.SetItem(gather.Axis, step),
            x.Shape.Dimensions.SetItem(gather.Axis, indices.Length));

        var part = rewriter.Emit(node.Name, slice, node.Output.Name, x);
        rewriter.Replace(
            node.Output,
            part.Shape.Equals(node.Output.Shape)
                ? part
                : rewriter.Emit(node.Name + "/reshape", new Reshape(node.Output.Shape), node.Output.Name, part));
        return true;
    }
}
