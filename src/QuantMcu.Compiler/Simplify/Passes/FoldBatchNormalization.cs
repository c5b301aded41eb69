using System;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Folds BatchNormalization into the convolution before it, where that has no other consumer; else makes it a per-channel 1x1
/// convolution, which later passes may fold forward.
/// </summary>
public sealed class FoldBatchNormalization : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not BatchNormalization normalization)
            return false;

        var affine = Affine(rewriter, node, normalization);
        if (rewriter.OnlyProducer<Conv>(node, 0) is { } conv && affine.CanFoldAfter(conv))
            rewriter.Replace(node.Output, affine.FoldAfter(rewriter, conv, node.Output.Name));
        else
            rewriter.Replace(node.Output, AsConv(rewriter, node, affine));

        return true;
    }

    private static ChannelAffine Affine(GraphRewriter rewriter, Node node, BatchNormalization normalization)
    {
        double[] Parameter(int index, string name) =>
            rewriter.Input(node, index).Constant?.ToDoubles()
            ?? throw new ModelException(OnnxRules.NotConstant, node.Name, name, normalization.Name, node.Inputs[index]!.Name);

        var (scale, shift) = (Parameter(1, "scale"), Parameter(2, "B"));
        var (mean, variance) = (Parameter(3, "input_mean"), Parameter(4, "input_var"));
        for (int c = 0; c < scale.Length; c++)
        {
            scale[c] /= Math.Sqrt(variance[c] + normalization.Epsilon);
            shift[c] -= mean[c] * scale[c];
        }

        return new ChannelAffine(scale, shift);
    }

    private static Value AsConv(GraphRewriter rewriter, Node node, ChannelAffine affine)
    {
        var x = rewriter.Input(node, 0);
        var shape = x.Shape;
        if (shape.Rank == 4)
            return affine.EmitDepthwise(rewriter, node.Name, node.Output.Name, x, Layout.ChannelsFirst);

        int images = shape.Rank > 1 ? shape[0] : shape.Elements;
        var image = new Shape(images, affine.Channels, 1, shape.Skip(2).Aggregate(1, (product, size) => product * size));
        string name = node.Name + "/image";
        var input = rewriter.Emit(name, new Reshape(image), name, x);
        var output = affine.EmitDepthwise(rewriter, node.Name, node.Output.Name, input, Layout.ChannelsFirst);
        return rewriter.Emit(node.Name + "/reshape", new Reshape(shape), node.Output.Name, output);
    }
}
