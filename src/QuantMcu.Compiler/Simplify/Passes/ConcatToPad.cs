using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Concat of one tensor with constants that hold one number is a Pad: the channel padding of ResNet shortcuts, as some exporters
/// write it.
/// </summary>
public sealed class ConcatToPad : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Concat concat)
            return false;

        var operands = node.Inputs.Select((_, i) => rewriter.Input(node, i)).ToList();
        int tensor = operands.FindIndex(operand => operand.Constant is null);
        if (tensor < 0 || operands.Count < 2
            || operands.Where((operand, i) => i != tensor && !Constants.IsUniform(operand, out _)).Any())
            return false;

        var numbers = operands.Where((_, i) => i != tensor).Select(operand => operand.Constant!.At(0)).Distinct().ToList();
        if (numbers.Count != 1)
            return false;

        var zeros = Enumerable.Repeat(0, node.Output.Shape.Rank).ToImmutableArray();
        int before = operands.Take(tensor).Sum(operand => operand.Shape[concat.Axis]);
        int after = operands.Skip(tensor + 1).Sum(operand => operand.Shape[concat.Axis]);
        var pad = new Pad(PadMode.Constant, zeros.SetItem(concat.Axis, before), zeros.SetItem(concat.Axis, after), numbers[0]);
        rewriter.ReplaceBy(node, pad, operands[tensor]);
        return true;
    }
}
