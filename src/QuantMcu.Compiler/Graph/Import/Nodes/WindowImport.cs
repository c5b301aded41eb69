using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>The attributes that every sliding window has. auto_pad ends here: it becomes explicit pads.</summary>
internal static class WindowImport
{
    /// <param name="node">Conv or a pooling node.</param>
    /// <param name="input">Its input, channels first.</param>
    /// <param name="weightKernel">The kernel as the weights have it, for Conv; null where the attribute is required.</param>
    /// <param name="hasDilations">The operator has dilations in this opset.</param>
    /// <param name="automatic">Pads came from auto_pad, whose output size leaves no room for ceil_mode.</param>
    public static Window Read(OnnxNode node, Shape input, int[]? weightKernel, bool hasDilations, out bool automatic)
    {
        int rank = input.Rank - 2;
        if (rank < 1)
            throw node.Invalid("input 0 of shape " + input + " has no spatial axis");
        if (rank > 2)
            throw node.Unsupported("has " + rank + " spatial axes", "1 or 2 spatial axes");

        var kernel = Sizes(node, "kernel_shape", rank, weightKernel);
        var strides = Sizes(node, "strides", rank, Ones(rank));
        var dilations = hasDilations ? Sizes(node, "dilations", rank, Ones(rank)) : ImmutableArray.Create(Ones(rank));
        var pads = Values(node, "pads", 2 * rank, 0, new int[2 * rank]);
        var window = new Window(kernel, strides, dilations, pads.Take(rank).ToImmutableArray(), pads.Skip(rank).ToImmutableArray());

        string mode = node.Attributes.Text("auto_pad", "NOTSET");
        automatic = mode is not ("NOTSET" or "");
        return mode switch
        {
            "NOTSET" or "" => window,
            "VALID" => window with { PadsBegin = Zeros(rank), PadsEnd = Zeros(rank) },
            "SAME_UPPER" => Same(window, input, extraAtEnd: true),
            "SAME_LOWER" => Same(window, input, extraAtEnd: false),
            _ => throw node.Invalid("auto_pad is '" + mode + "'"),
        };
    }

    /// <summary>Pads with which the output is ceil(input / stride).</summary>
    private static Window Same(Window window, Shape input, bool extraAtEnd)
    {
        var begin = ImmutableArray.CreateBuilder<int>(window.Rank);
        var end = ImmutableArray.CreateBuilder<int>(window.Rank);
        for (int axis = 0; axis < window.Rank; axis++)
        {
            int size = input[2 + axis], stride = window.Strides[axis];
            long covered = ((((long)size + stride - 1) / stride) - 1) * stride;
            int total = (int)Math.Max(0, covered + window.Extent(axis) - size);
            int smaller = total / 2;
            begin.Add(extraAtEnd ? smaller : total - smaller);
            end.Add(extraAtEnd ? total - smaller : smaller);
        }

        return window with { PadsBegin = begin.MoveToImmutable(), PadsEnd = end.MoveToImmutable() };
    }

    private static ImmutableArray<int> Sizes(OnnxNode node, string name, int count, int[]? absent) => Values(node, name, count, 1, absent);

    private static ImmutableArray<int> Values(OnnxNode node, string name, int count, int min, int[]? absent)
    {
        long[]? given = node.Attributes.Integers(name);
        if (given is null)
            return ImmutableArray.Create(absent ?? throw node.Invalid("attribute '" + name + "' is missing"));
        if (given.Length != count)
            throw node.Invalid("attribute '" + name + "' has " + given.Length + " values, not " + count);

        return given.Select(value => (int)node.Attributes.Range(name, value, min, ModelLimits.Window)).ToImmutableArray();
    }

    private static int[] Ones(int rank) => Enumerable.Repeat(1, rank).ToArray();

    private static ImmutableArray<int> Zeros(int rank) => ImmutableArray.Create(new int[rank]);
}
