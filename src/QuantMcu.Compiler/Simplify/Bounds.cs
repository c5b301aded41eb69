using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>What the operators alone say about the range of a tensor.</summary>
internal static class Bounds
{
    private const int Farthest = 8;

    /// <summary>A number that no element of an emitted value is below; negative infinity where nothing is known.</summary>
    public static double Lower(GraphRewriter rewriter, Value value) => Lower(rewriter, value, Farthest);

    private static double Lower(GraphRewriter rewriter, Value value, int steps)
    {
        if (steps == 0 || rewriter.Producer(value) is not { } node)
            return double.NegativeInfinity;

        return node.Operator switch
        {
            Clip clip => clip.Clamp.Min,
            Conv conv => conv.Clamp.Min,
            Binary binary => binary.Clamp.Min,
            Unary { Kind: UnaryKind.Sigmoid or UnaryKind.HardSigmoid or UnaryKind.Exp or UnaryKind.Softplus or UnaryKind.Abs }
                => 0,
            Softmax { Log: false } => 0,
            MaxPool or Reshape or Transpose or Slice or Split or Concat or Expand
                => node.Inputs.Min(input => Lower(rewriter, input!, steps - 1)),
            _ => double.NegativeInfinity,
        };
    }
}
