using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Split: sizes are an attribute until opset 12 and an input since; opset 18 adds num_outputs, whose last part may be smaller.</summary>
internal static class SplitImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        int axis = node.Axis(node.Attributes.Int("axis", 0), x.Shape.Rank);
        long[]? sizes = node.Opset < 13 ? node.Attributes.Integers("split") : node.OptionalIntegers(1, "split");
        long? parts = node.Opset < 18 ? null : node.Attributes.Integer("num_outputs");
        if (sizes is not null && parts is not null)
            throw node.Invalid("it has both 'split' and 'num_outputs'");

        // A model may name fewer outputs than there are parts only by leaving names empty, so the lists are as long as each other.
        int count = node.OutputCount;
        if (sizes is not null && sizes.Length < count || parts is not null && parts < count)
            throw node.Invalid("it has more outputs than parts");

        sizes ??= Equal(node, x.Shape[axis], parts ?? count);
        if (sizes.Any(size => size < 0 || size > x.Shape[axis]))
            throw node.Invalid("sizes " + string.Join(",", sizes.Take(8)) + " do not make up axis " + axis + " of " + x.Shape);

        node.Return(new Split(axis, sizes.Select(size => (int)size).ToImmutableArray()), x);
    }

    private static long[] Equal(OnnxNode node, int size, long parts)
    {
        if (parts < 1 || parts > System.Math.Max(1, size))
            throw node.Invalid("it cuts an axis of " + size + " into " + parts + " parts");
        if (size % parts != 0 && node.Opset < 18)
            throw node.Invalid("an axis of " + size + " does not divide into " + parts + " equal parts");

        // Parts of the same size, rounded up, but for what is left to the last.
        long part = (size + parts - 1) / parts;
        if (part * (parts - 1) > size)
            throw node.Invalid("it cuts an axis of " + size + " into " + parts + " parts");

        var sizes = Enumerable.Repeat(part, (int)parts).ToArray();
        sizes[sizes.Length - 1] = size - (part * (parts - 1));
        return sizes;
    }
}
