using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Pad: pads and value are attributes until opset 10 and inputs since; opset 18 adds axes, opset 19 wrapping.</summary>
internal static class PadImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        int rank = x.Shape.Rank;
        var mode = Mode(node);
        long[] pads = node.Opset < 11
            ? node.Attributes.Integers("pads") ?? throw node.Invalid("attribute 'pads' is missing")
            : node.Integers(1, "pads");
        double value = Value(node, x);
        long[]? axes = node.Opset < 18 ? null : node.OptionalIntegers(3, "axes");
        if (axes is not null)
            node.Axes(axes, rank);

        int count = axes?.Length ?? rank;
        if (pads.Length != 2 * count)
            throw node.Invalid("it has " + pads.Length + " pads for " + count + " axes");

        int[] begin = new int[rank], end = new int[rank];
        for (int i = 0; i < count; i++)
        {
            int axis = axes is null ? i : node.Axis(axes[i], rank);
            begin[axis] = Amount(node, pads[i]);
            end[axis] = Amount(node, pads[count + i]);
            CheckSource(node, mode, x.Shape[axis], Math.Max(begin[axis], end[axis]));
        }

        node.Return(new Pad(mode, begin.ToImmutableArray(), end.ToImmutableArray(), value), x);
    }

    private static PadMode Mode(OnnxNode node)
    {
        string mode = node.Attributes.Text("mode", "constant");
        return mode switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            "wrap" when node.Opset >= 19 => PadMode.Wrap,
            _ => throw node.Invalid("mode is '" + mode + "'"),
        };
    }

    private static double Value(OnnxNode node, Value x)
    {
        if (node.Opset < 11)
            return node.Attributes.Float("value", 0f);

        node.OptionalLike(x, 2);
        return node.OptionalScalar(2, "constant_value")?.At(0) ?? 0;
    }

    private static int Amount(OnnxNode node, long amount) =>
        Math.Abs(Math.Max(amount, -int.MaxValue)) <= ModelLimits.TensorElements ? (int)amount : throw node.Invalid("a pad is " + amount);

    /// <summary>What is padded with must exist: reflection needs the elements inside, the edge and wrapping need any.</summary>
    private static void CheckSource(OnnxNode node, PadMode mode, int size, int amount)
    {
        if (mode == PadMode.Reflect && amount > 0 && amount >= size || mode is PadMode.Edge or PadMode.Wrap && amount > 0 && size == 0)
            throw node.Invalid("it pads an axis of " + size + " by " + amount + " from itself");
    }
}
