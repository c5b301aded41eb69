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

        if ((rewriter.OnlyProducer<Conv>(node, 0) ?? rewriter.OnlyProducer<Binary>(node, 0)) is not { } producer)
            return false;

        Operator clamped = producer.Operator switch
        {
            Conv conv => conv with { Clamp = conv.Clamp.Then(clip.Clamp) },
            Binary binary => binary with { Clamp = binary.Clamp.Then(clip.Clamp) },
            var other => other,
        };

        rewriter.Replace(node.Output, rewriter.EmitNode(producer.Name, clamped, producer.Inputs, node.Output.Name)[0]);
        return true;
    }
}
