using System;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>How long a node takes, coarsely, so that the work a model asks for can be bounded before it is done.</summary>
internal static class Work
{
    /// <summary>Multiply-accumulates; for other operators the elements visited. Shapes are within limits, so nothing overflows.</summary>
    public static long Of(Node node)
    {
        long outputs = node.Outputs.Sum(output => (long)output.Shape.Elements);
        return node.Operator switch
        {
            Conv => outputs * (Weights(node.Inputs[1]!.Shape) + 1),
            Gemm gemm => outputs * (node.Inputs[0]!.Shape[gemm.TransposeA ? 0 : 1] + 1L),
            MatMul => outputs * (node.Inputs[0]!.Shape.Last() + 1L),
            MaxPool pool => outputs * pool.Window.Taps,
            AveragePool pool => outputs * pool.Window.Taps,
            Resize => outputs * 64,
            _ => outputs + node.Inputs.Sum(input => (long)(input?.Shape.Elements ?? 0)),
        };
    }

    /// <summary>Weights behind one output element.</summary>
    private static long Weights(Shape weights) => weights.Elements / Math.Max(1, weights[0]);
}
