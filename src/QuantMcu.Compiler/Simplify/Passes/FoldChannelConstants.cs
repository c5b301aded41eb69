using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Folds sums and products with a constant per channel into the convolution before them, where that has no other consumer; else
/// makes them per-channel 1x1 convolutions, which <see cref="MergeConvs"/> may fold forward. Channels last.
/// </summary>
public sealed class FoldChannelConstants : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Binary { Kind: BinaryKind.Add or BinaryKind.Mul } binary || !node.Output.Type.Element.IsFloat())
            return false;

        int tensor = rewriter.Input(node, 0).Constant is null ? 0 : 1;
        var x = rewriter.Input(node, tensor);
        if (x.Constant is not null || Affine(binary.Kind, x.Shape, rewriter.Input(node, 1 - tensor).Constant) is not { } affine)
            return false;

        string name = node.Output.Name;
        rewriter.Replace(
            node.Output,
            binary.Clamp.IsNone && rewriter.OnlyProducer<Conv>(node, tensor) is { } conv && affine.CanFoldAfter(conv)
                ? affine.FoldAfter(rewriter, conv, name)
                : affine.EmitChannelsLast(rewriter, node.Name, name, x, binary.Clamp));
        return true;
    }

    /// <summary>
    /// The constant as a map of channels (last axis), or null where it varies along another axis or makes the tensor larger.
    /// </summary>
    internal static ChannelAffine? Affine(BinaryKind kind, Shape shape, Tensor? constant)
    {
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        if (constant is null || Broadcast.Result(shape, constant.Shape)?.Equals(shape) != true
            || constant.Shape.Take(constant.Shape.Rank - 1).Any(size => size != 1))
        {
            return null;
        }

        var values = Constants.Broadcast(constant.Reshape(new Shape(constant.Shape.Elements)), new Shape(channels)).ToDoubles();
        return kind == BinaryKind.Add
            ? new ChannelAffine(values.Select(_ => 1.0).ToArray(), values)
            : new ChannelAffine(values, new double[channels]);
    }
}
