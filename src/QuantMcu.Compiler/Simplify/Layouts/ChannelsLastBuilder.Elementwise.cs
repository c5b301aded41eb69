using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>Operators that do not care where an element lies: they take the tensor as it is.</summary>
internal sealed partial class ChannelsLastBuilder
{
    private void ConvertElementwise(Node node)
    {
        var view = Input(node, 0);
        var operands = node.Inputs.Select((input, i) => i == 0 ? view.Physical : input is null ? null : ViewOf(input).Physical);
        views[node.Output] = view.With(EmitAs(node, node.Operator, operands.ToArray()));
    }

    /// <summary>Per tensor they are elementwise; per channel, the axis follows the layout.</summary>
    private void ConvertQuantizer(Node node)
    {
        if (node.Operator is Quantize { BlockSize: > 0 } or Dequantize { BlockSize: > 0 })
            KeepCanonical(node);
        else if (node.Inputs.Skip(1).All(input => input is null || input.Shape.Elements == 1))
            ConvertElementwise(node);
        else
            ConvertAlongAxes(node);
    }

    private void ConvertBinary(Node node)
    {
        var shape = node.Output.Shape;
        var (a, b) = (Padded(Input(node, 0), shape.Rank), Padded(Input(node, 1), shape.Rank));
        if (a.IsLaidOutLike(b))
            EmitInPlace(node, a, b);
        else if (a.Shape.Equals(shape) && b.Physical.Constant is not null && ConstantBeside(a, b) is { } right)
            views[node.Output] = a.With(EmitAs(node, node.Operator, a.Physical, right));
        else if (b.Shape.Equals(shape) && a.Physical.Constant is not null && ConstantBeside(b, a) is { } left)
            views[node.Output] = b.With(EmitAs(node, node.Operator, left, b.Physical));
        else
            EmitBroadcast(node, a, b);
    }

    private void EmitInPlace(Node node, View a, View b)
    {
        var leader = a.Physical.Shape.Rank >= b.Physical.Shape.Rank ? a : b;
        var operands = new[] { a, b }.Select(view => arranger.Reshaped(view.Physical, leader.Physical.Shape)).ToArray();
        views[node.Output] = leader.With(EmitAs(node, node.Operator, operands));
    }

    /// <summary>Both operands in the order of axes that the larger one has.</summary>
    private void EmitBroadcast(Node node, View a, View b)
    {
        int[] order = Arranger.NaturalOrder(Leader(a, b));
        var output = EmitAs(node, node.Operator, arranger.Arrange(a, order), arranger.Arrange(b, order));
        views[node.Output] = View.Of(output, node.Output.Shape, order);
    }

    private static View Leader(View a, View b)
    {
        if (a.Physical.Constant is not null)
            return b;

        if (b.Physical.Constant is not null || a.Shape.Elements > b.Shape.Elements)
            return a;

        return a.Shape.Elements < b.Shape.Elements || a.IsIdentity ? b : a;
    }

    private Value? ConstantBeside(View view, View constant)
    {
        var value = arranger.Canonical(constant);
        return Arranger.ConstantFor(view, value.Constant!) is { } tensor ? new Value(value.Name, tensor) : null;
    }

    private static View Padded(View view, int rank) =>
        view.Reshape(new Shape(Enumerable.Repeat(1, rank - view.Shape.Rank).Concat(view.Shape)));
}
