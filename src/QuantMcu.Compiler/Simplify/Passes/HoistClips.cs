using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Moves a Clip before the MaxPools and Reshapes that lie between it and a Conv or Binary, so that it can be fused there: a
/// monotonic function commutes with a maximum.
/// </summary>
public sealed class HoistClips : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Clip)
            return false;

        var between = new Stack<Node>();
        var old = node.Inputs[0]!;
        while (rewriter.Uses(old) == 1 && rewriter.SourceProducer(old) is { Operator: MaxPool or Reshape } mover)
        {
            between.Push(mover);
            old = mover.Inputs[0]!;
        }

        if (between.Count == 0 || rewriter.Uses(old) != 1 || rewriter.SourceProducer(old) is not { Operator: Conv or Binary })
            return false;

        var value = rewriter.Emit(node.Name, node.Operator, old.Name + "/clip", rewriter.Map(old));
        var last = between.Last();
        foreach (var mover in between)
            value = rewriter.Emit(mover.Name, mover.Operator, mover == last ? node.Output.Name : mover.Output.Name, value);

        rewriter.Replace(node.Output, value);
        return true;
    }
}
