using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// Weights known at compile time: a constant, or DequantizeLinear of constant codes. The second kind stays a node, since the
/// quantizer takes its codes and scales; rearranging it rearranges the codes.
/// </summary>
internal static class Weights
{
    public static bool AreKnown(GraphRewriter rewriter, Value weights) =>
        weights.Constant is not null || CodesOf(rewriter, weights) is not null;

    /// <summary>The Dequantize node behind weights that came as codes; null for plain constants and anything else.</summary>
    public static Node? CodesOf(GraphRewriter rewriter, Value weights) =>
        rewriter.Producer(weights) is { Operator: Dequantize { BlockSize: 0 } } node
            && node.Inputs.All(input => input is null || input.Constant is not null)
            ? node
            : null;

    /// <summary>Transposes known weights, then gives them a shape that differs by axes of size 1 only.</summary>
    public static Value Rearrange(GraphRewriter rewriter, Value weights, IReadOnlyList<int> permutation, Shape shape)
    {
        if (weights.Constant is { } constant)
            return new Value(weights.Name, Constants.Transpose(constant, permutation).Reshape(shape));

        var node = CodesOf(rewriter, weights)!;
        var codes = node.Inputs[0]!;
        var moved = new Value(codes.Name, Constants.Transpose(codes.Constant!, permutation).Reshape(shape));
        int axis = AxisAfter((Dequantize)node.Operator, codes.Shape, permutation, shape);
        var operands = new[] { moved }.Concat(node.Inputs.Skip(1)).ToArray();
        return rewriter.Emit(node.Name, new Dequantize(axis, 0), weights.Name, operands);
    }

    /// <summary>Reorders the slices of an axis: slice i of the result is slice order[i].</summary>
    public static Value Reorder(GraphRewriter rewriter, Value weights, int axis, int[] order)
    {
        if (weights.Constant is { } constant)
            return new Value(weights.Name, Constants.Take(constant, axis, order));

        var node = CodesOf(rewriter, weights)!;
        bool scalesMove = ((Dequantize)node.Operator).Axis == axis;
        var inputs = node.Inputs
            .Select((input, i) => i == 0 ? Taken(input!, axis, order)
                : scalesMove && input is not null && input.Shape.Elements > 1 ? Taken(input, 0, order) : input)
            .ToArray();

        return rewriter.Emit(node.Name, node.Operator, weights.Name, inputs);
    }

    private static Value Taken(Value value, int axis, int[] order) =>
        new(value.Name, Constants.Take(value.Constant!, axis, order));

    /// <summary>Where the axis of the scales lies after transposing and adding or dropping axes of size 1.</summary>
    private static int AxisAfter(Dequantize dequantize, Shape codes, IReadOnlyList<int> permutation, Shape shape)
    {
        int before = 1;
        foreach (int axis in permutation)
        {
            if (axis == dequantize.Axis)
                break;

            before *= codes[axis];
        }

        int size = codes.Rank == 0 ? 1 : codes[System.Math.Min(dequantize.Axis, codes.Rank - 1)];
        for (int axis = 0, product = 1; axis < shape.Rank; product *= shape[axis++])
        {
            if (product == before && shape[axis] == size)
                return axis;
        }

        return 0;
    }
}
