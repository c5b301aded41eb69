using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Pools whose window is the whole image are reductions; pools of single elements are strided Slices. Channels last.
/// </summary>
public sealed class SimplifyPools : NodePass
{
    private static readonly ImmutableArray<int> HeightAndWidth = ImmutableArray.Create(1, 2);

    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        var (window, kind) = node.Operator switch
        {
            AveragePool { Layout: Layout.ChannelsLast } pool => (pool.Window, ReduceKind.Mean),
            MaxPool { Layout: Layout.ChannelsLast } pool => (pool.Window, ReduceKind.Max),
            _ => (null, default),
        };

        if (window is null || window.PadsBegin.Concat(window.PadsEnd).Any(pad => pad != 0))
            return false;

        var x = rewriter.Input(node, 0);
        var y = node.Output.Shape;
        if (window.Kernel[0] == x.Shape[1] && window.Kernel[1] == x.Shape[2] && y[1] == 1 && y[2] == 1)
            rewriter.ReplaceBy(node, new Reduce(kind, HeightAndWidth, KeepDims: true), x);
        else if (window.Taps == 1)
            rewriter.ReplaceBy(node, EveryStride(window, y), x);
        else
            return false;

        return true;
    }

    private static Slice EveryStride(Window window, Shape output) =>
        new(
            ImmutableArray.Create(0, 0, 0, 0),
            ImmutableArray.Create(1, window.Strides[0], window.Strides[1], 1),
            output.Dimensions);
}
