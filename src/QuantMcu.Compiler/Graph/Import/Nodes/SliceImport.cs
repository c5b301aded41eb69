using System;
using System.Linq;
using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Slice: starts, ends and axes are attributes until opset 9 and inputs since, which also have steps.</summary>
internal static class SliceImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        bool byAttributes = node.Opset < 10;
        long[] starts = byAttributes ? Required(node, "starts") : node.Integers(1, "starts");
        long[] ends = byAttributes ? Required(node, "ends") : node.Integers(2, "ends");
        long[]? axes = byAttributes ? node.Attributes.Integers("axes") : node.OptionalIntegers(3, "axes");
        long[]? steps = byAttributes ? null : node.OptionalIntegers(4, "steps");
        if (ends.Length != starts.Length || (axes?.Length ?? starts.Length) != starts.Length || (steps?.Length ?? starts.Length) != starts.Length)
            throw node.Invalid("starts, ends, axes and steps have different lengths");
        if (starts.Length > x.Shape.Rank)
            throw node.Invalid("it cuts " + starts.Length + " axes of shape " + x.Shape);

        if (axes is not null)
            node.Axes(axes, x.Shape.Rank);

        int[] first = new int[x.Shape.Rank];
        int[] step = Enumerable.Repeat(1, x.Shape.Rank).ToArray();
        int[] size = x.Shape.ToArray();
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = axes is null ? i : node.Axis(axes[i], x.Shape.Rank);
            (first[axis], step[axis], size[axis]) = Range(node, starts[i], ends[i], steps?[i] ?? 1, x.Shape[axis]);
        }

        node.Return(new Slice(ImmutableArray.Create(first), ImmutableArray.Create(step), ImmutableArray.Create(size)), x);
    }

    /// <summary>Python's rules: negative bounds count from the end, and bounds beyond the tensor are moved to its edge.</summary>
    private static (int First, int Step, int Size) Range(OnnxNode node, long start, long end, long step, int length)
    {
        if (step == 0)
            throw node.Invalid("a step is 0");

        long lowest = step > 0 ? 0 : -1, highest = step > 0 ? length : length - 1;
        start = Clamp(start < 0 ? start + length : start, step > 0 ? 0 : Math.Min(0, highest), highest);
        end = Clamp(end < 0 ? end + length : end, lowest, highest);
        step = Clamp(step, -int.MaxValue, int.MaxValue);

        long distance = step > 0 ? end - start : start - end;
        long size = distance <= 0 ? 0 : ((distance - 1) / Math.Abs(step)) + 1;
        return size switch
        {
            0 => (0, 1, 0),
            1 => ((int)start, 1, 1),
            _ => ((int)start, (int)step, (int)size),
        };
    }

    private static long Clamp(long value, long min, long max) => Math.Max(min, Math.Min(max, value));

    private static long[] Required(OnnxNode node, string name) =>
        node.Attributes.Integers(name) ?? throw node.Invalid("attribute '" + name + "' is missing");
}
