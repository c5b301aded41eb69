using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Folds a per-channel 1x1 convolution into the convolution before it, or into those after it: always if they do not pad or it
/// does not shift; if it works on the network's input, padding becomes the input that stands for 0. Channels last.
/// </summary>
public sealed class MergeConvs : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Conv)
            return false;

        var kept = rewriter.OnNewInputs(node);
        if (ChannelAffine.OfDepthwise(kept) is { } second && rewriter.OnlyProducer<Conv>(node, 0) is { } first
            && second.CanFoldAfter(first))
        {
            rewriter.Replace(node.Output, second.FoldAfter(rewriter, first, node.Output.Name));
            return true;
        }

        if (rewriter.Producer(rewriter.Input(node, 0)) is not { } producer
            || ChannelAffine.OfDepthwise(producer) is not { } affine
            || !CanFoldBefore(rewriter, kept, producer, affine))
        {
            return false;
        }

        rewriter.Replace(node.Output, affine.FoldBefore(rewriter, kept, producer.Inputs[0]!));
        return true;
    }

    private static bool CanFoldBefore(GraphRewriter rewriter, Node node, Node producer, ChannelAffine affine)
    {
        var conv = (Conv)node.Operator;
        if (node.Inputs[1]!.Constant is null)
            return false;

        if (!ChannelAffine.HasPadding(conv) || (!affine.HasShift && conv.PadValues.IsEmpty))
            return true;

        return rewriter.Producer(producer.Inputs[0]!) is null && affine.Scale.All(scale => scale != 0);
    }
}
