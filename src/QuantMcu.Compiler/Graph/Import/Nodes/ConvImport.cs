using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class ConvImport
{
    public static void Conv(OnnxNode node)
    {
        var x = node.Float(0);
        var w = node.Like(x, 1);
        node.Return(Read(node, x, w), x, w, node.OptionalLike(x, 2));
    }

    /// <summary>The attributes of Conv and of its quantized kin.</summary>
    public static Conv Read(OnnxNode node, Value x, Value w)
    {
        if (w.Shape.Rank != x.Shape.Rank || w.Shape.Rank < 3)
            throw node.Invalid("input " + x.Shape + " and weights " + w.Shape + " do not have the same rank of 3 or more");

        int[] kernel = w.Shape.Skip(2).ToArray();
        foreach (int size in kernel)
            node.Attributes.Range("kernel_shape", size, 1, ModelLimits.Window);

        var window = WindowImport.Read(node, x.Shape, kernel, hasDilations: true, out _);
        int groups = node.Attributes.Int("group", 1);
        return new Conv(window, groups, Layout.ChannelsFirst);
    }
}
