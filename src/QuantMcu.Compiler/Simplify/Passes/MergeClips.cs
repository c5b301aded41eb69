using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>A Clip of a Clip is one Clip.</summary>
public sealed class MergeClips : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Clip clip || rewriter.Producer(rewriter.Input(node, 0)) is not { Operator: Clip first } inner)
            return false;

        rewriter.ReplaceBy(node, new Clip(first.Clamp.Then(clip.Clamp)), inner.Inputs[0]);
        return true;
    }
}
