using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Reductions, whose axes were an attribute and became an input: ReduceSum in opset 13, the others in opset 18.</summary>
internal static class ReduceImport
{
    public static void Reduce(OnnxNode node, ReduceKind kind)
    {
        var x = kind == ReduceKind.Mean ? node.Float(0) : node.Input(0);
        if (x.Type.Element == ElementType.Bool && (kind != ReduceKind.Max || node.Opset < 20))
            throw node.Invalid("input 0 is " + x.Type);

        bool keepDims = node.Attributes.Flag("keepdims", true);
        bool axesAreInput = node.Opset >= (kind == ReduceKind.Sum ? 13 : 18);
        long[]? axes = axesAreInput ? node.OptionalIntegers(1, "axes") : node.Attributes.Integers("axes");
        bool emptyMeansNone = axesAreInput && node.Attributes.Flag("noop_with_empty_axes", false);
        if (axes is not { Length: > 0 } && emptyMeansNone)
            node.Return(new Identity(), x);
        else
            node.Return(new Reduce(kind, axes is { Length: > 0 } ? node.Axes(axes, x.Shape.Rank) : All(x, 0), keepDims), x);
    }

    /// <summary>GlobalAveragePool and GlobalMaxPool: all spatial axes.</summary>
    public static void Global(OnnxNode node, ReduceKind kind)
    {
        var x = node.Float(0);
        if (x.Shape.Rank < 3)
            throw node.Invalid("input 0 of shape " + x.Shape + " has no spatial axis");

        node.Return(new Reduce(kind, All(x, 2), KeepDims: true), x);
    }

    private static ImmutableArray<int> All(Value x, int from) => Enumerable.Range(from, x.Shape.Rank - from).ToImmutableArray();
}
