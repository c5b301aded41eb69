using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Evaluates what depends on no input; every Shape is such. Weights that came as 8-bit codes keep their DequantizeLinear, because
/// the quantizer takes the codes; a Transpose or unit-axis Reshape behind it moves to the codes.
/// </summary>
public sealed class FoldConstants : GraphPass
{
    public override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation)
    {
        var rewriter = new GraphRewriter(graph);
        var weights = WeightOperands(graph);
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (node.Operator is ShapeOf shape)
                rewriter.Replace(node.Output, Dimensions(node, shape));
            else if (IsCodes(rewriter, node, weights) || !IsFoldable(rewriter, node, out var operands))
                KeepOrHoist(rewriter, node);
            else
                Fold(rewriter, node, operands, cancellation);
        }

        return rewriter.Finish();
    }

    private static Value Dimensions(Node node, ShapeOf shape)
    {
        var dimensions = node.Inputs[0]!.Shape.Skip(shape.Start).Take(node.Output.Shape.Elements).Select(size => (long)size);
        return new Value(node.Output.Name, Tensor.Of(node.Output.Shape, dimensions.ToArray()));
    }

    private static bool IsFoldable(GraphRewriter rewriter, Node node, out Tensor?[] operands)
    {
        operands = node.Inputs.Select(input => input is null ? null : rewriter.Map(input).Constant).ToArray();
        return node.Inputs.Zip(operands, (input, operand) => input is null || operand is not null).All(known => known)
            && node.Outputs.Sum(output => (long)output.Shape.Elements) <= ModelLimits.TensorElements;
    }

    private static void Fold(GraphRewriter rewriter, Node node, Tensor?[] operands, CancellationToken cancellation)
    {
        var results = FloatInterpreter.Evaluate(node, operands, cancellation);
        for (int i = 0; i < results.Length; i++)
            rewriter.Replace(node.Outputs[i], new Value(node.Outputs[i].Name, results[i]));
    }

    private static bool IsCodes(GraphRewriter rewriter, Node node, HashSet<Value> weights) =>
        node.Operator is Dequantize { BlockSize: 0 } && weights.Contains(node.Output)
            && rewriter.Input(node, 0).Type.Element.IntegerBits() == 8;

    private static void KeepOrHoist(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is Transpose or Reshape && Weights.CodesOf(rewriter, rewriter.Input(node, 0)) is not null
            && RearrangedCodes(rewriter, node, rewriter.Input(node, 0)) is { } weights)
        {
            rewriter.Replace(node.Output, weights);
        }
        else
        {
            rewriter.Keep(node);
        }
    }

    private static Value? RearrangedCodes(GraphRewriter rewriter, Node node, Value weights)
    {
        var shape = node.Output.Shape;
        if (node.Operator is Transpose transpose)
            return Weights.Rearrange(rewriter, weights, transpose.Permutation, shape);

        return weights.Shape.Where(size => size != 1).SequenceEqual(shape.Where(size => size != 1))
            ? Weights.Rearrange(rewriter, weights, Enumerable.Range(0, weights.Shape.Rank).ToArray(), shape)
            : null;
    }

    /// <summary>Values that are, perhaps behind a Transpose or Reshape, an operand of a product.</summary>
    private static HashSet<Value> WeightOperands(NetworkGraph graph)
    {
        var weights = new HashSet<Value>();
        foreach (var node in graph.Nodes.Reverse())
        {
            switch (node.Operator)
            {
                case Conv:
                    weights.Add(node.Inputs[1]!);
                    break;
                case Gemm or MatMul:
                    weights.UnionWith(node.Inputs.Take(2).OfType<Value>());
                    break;
                case Transpose or Reshape or Identity when weights.Contains(node.Output):
                    weights.Add(node.Inputs[0]!);
                    break;
            }
        }

        return weights;
    }
}
