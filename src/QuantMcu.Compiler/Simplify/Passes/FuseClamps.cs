using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>Fuses a Clip into the Conv or Binary before it, where that has no other consumer.</summary>
public sealed class FuseClamps : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Clip clip)
            return false;

        if (rewriter.OnlyProducer<Conv>(node, 0) is { } conv)
            Fuse(rewriter, node, conv, ((Conv)conv.Operator) with { Clamp = ((Conv)conv.Operator).Clamp.Then(clip.Clamp) });
        else if (rewriter.OnlyProducer<Binary>(node, 0) is { } binary)
            Fuse(rewriter, node, binary, ((Binary)binary.Operator) with { Clamp = ((Binary)binary.Operator).Clamp.Then(clip.Clamp) });
        else
            return false;

        return true;
    }

    private static void Fuse(GraphRewriter rewriter, Node clip, Node producer, Operator clamped) =>
        rewriter.Replace(clip.Output, rewriter.EmitNode(producer.Name, clamped, producer.Inputs, clip.Output.Name)[0]);
}
