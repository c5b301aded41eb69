using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Moves a Pad of height and width into the window that follows, where that means the same: zeros into Conv, zeros into an
/// AveragePool that counts its padding, and into MaxPool what cannot win there (at most a proven lower bound of the input).
/// Channels last.
/// </summary>
public sealed class FoldPads : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Inputs.Length == 0 || node.Inputs[0] is null
            || rewriter.Producer(rewriter.Input(node, 0)) is not { Operator: Pad pad } producer || !IsSpatial(pad))
        {
            return false;
        }

        var x = producer.Inputs[0]!;
        var merged = node.Operator switch
        {
            Conv { Layout: Layout.ChannelsLast, PadValues.IsEmpty: true } conv when pad.Value == 0
                => conv with { Window = Widened(conv.Window, pad) },
            AveragePool { Layout: Layout.ChannelsLast, Ceiling: false } pool when pad.Value == 0
                && (pool.CountIncludePad || HasNoPads(pool.Window))
                => pool with { Window = Widened(pool.Window, pad), CountIncludePad = true },
            MaxPool { Layout: Layout.ChannelsLast, Ceiling: false } pool when CannotWin(rewriter, pool.Window, pad, x)
                => pool with { Window = Widened(pool.Window, pad) },
            _ => (Operator?)null,
        };

        if (merged is null)
            return false;

        rewriter.ReplaceBy(node, merged, new[] { x }.Concat(rewriter.OnNewInputs(node).Inputs.Skip(1)).ToArray());
        return true;
    }

    private static bool IsSpatial(Pad pad) => pad.Mode == PadMode.Constant && pad.Begin.Length == 4
        && pad.Begin.Concat(pad.End).All(count => count >= 0)
        && pad.Begin[0] + pad.End[0] + pad.Begin[3] + pad.End[3] == 0;

    private static bool HasNoPads(Window window) => window.PadsBegin.Concat(window.PadsEnd).All(pad => pad == 0);

    /// <summary>The padding is no larger than any element, and every window holds an element.</summary>
    private static bool CannotWin(GraphRewriter rewriter, Window window, Pad pad, Value x)
    {
        var widened = Widened(window, pad);
        bool touches = Enumerable.Range(0, 2).All(axis => window.Dilations[axis] == 1
            && widened.PadsBegin[axis] < window.Kernel[axis] && widened.PadsEnd[axis] < window.Kernel[axis]);

        return touches && pad.Value <= Bounds.Lower(rewriter, x);
    }

    private static Window Widened(Window window, Pad pad) => window with
    {
        PadsBegin = ImmutableArray.Create(window.PadsBegin[0] + pad.Begin[1], window.PadsBegin[1] + pad.Begin[2]),
        PadsEnd = ImmutableArray.Create(window.PadsEnd[0] + pad.End[1], window.PadsEnd[1] + pad.End[2]),
    };
}
