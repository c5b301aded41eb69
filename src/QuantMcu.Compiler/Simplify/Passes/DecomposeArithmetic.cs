using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Says differences, quotients, powers and bounds with the few operators that later passes know: a product or sum with a
/// constant, Reciprocal, Sqrt, Clip. What has no such form stays.
/// </summary>
public sealed class DecomposeArithmetic : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Binary { Clamp.IsNone: true } binary || !node.Output.Type.Element.IsFloat())
            return false;

        var (a, b) = (rewriter.Input(node, 0), rewriter.Input(node, 1));
        switch (binary.Kind)
        {
            case BinaryKind.Sub when b.Constant is not null:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Add), a, Mapped(b, value => -value));
                return true;
            case BinaryKind.Sub when a.Constant is not null:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Add), Product(rewriter, node, b, Scalar(node, -1)), a);
                return true;
            case BinaryKind.Div when b.Constant is not null:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Mul), a, Mapped(b, value => 1 / value));
                return true;
            case BinaryKind.Div:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Mul), a, Function(rewriter, node, UnaryKind.Reciprocal, b));
                return true;
            case BinaryKind.Pow when Constants.IsUniform(b, out double exponent) && node.Output.Shape.Equals(a.Shape):
                return RewritePower(rewriter, node, a, exponent);
            case BinaryKind.Min or BinaryKind.Max:
                if (!RewriteBound(rewriter, node, binary.Kind, a, b) && !RewriteBound(rewriter, node, binary.Kind, b, a))
                    RewriteExtremum(rewriter, node, binary.Kind, a, b);
                return true;
            default:
                return false;
        }
    }

    private static bool RewritePower(GraphRewriter rewriter, Node node, Value x, double exponent)
    {
        switch (exponent)
        {
            case 1:
                rewriter.Replace(node.Output, x);
                return true;
            case 2:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Mul), x, x);
                return true;
            case 3:
                rewriter.ReplaceBy(node, new Binary(BinaryKind.Mul), Product(rewriter, node, x, x), x);
                return true;
            case 0.5:
                rewriter.ReplaceBy(node, new Unary(UnaryKind.Sqrt), x);
                return true;
            case -0.5:
                rewriter.ReplaceBy(node, new Unary(UnaryKind.Reciprocal), Function(rewriter, node, UnaryKind.Sqrt, x));
                return true;
            case -1:
                rewriter.ReplaceBy(node, new Unary(UnaryKind.Reciprocal), x);
                return true;
            default:
                return false;
        }
    }

    private static bool RewriteBound(GraphRewriter rewriter, Node node, BinaryKind kind, Value x, Value bound)
    {
        if (!Constants.IsUniform(bound, out double number) || !node.Output.Shape.Equals(x.Shape))
            return false;

        var clamp = kind == BinaryKind.Max ? Clamp.None with { Min = (float)number } : Clamp.None with { Max = (float)number };
        rewriter.ReplaceBy(node, new Clip(clamp), x);
        return true;
    }

    /// <summary>max(a, b) = b + max(a - b, 0), min(a, b) = b + min(a - b, 0): the clip fuses into the difference.</summary>
    private static void RewriteExtremum(GraphRewriter rewriter, Node node, BinaryKind kind, Value a, Value b)
    {
        var clamp = kind == BinaryKind.Max ? Clamp.Relu : new Clamp(float.NegativeInfinity, 0);
        string name = node.Output.Name + "/difference";
        var difference = b.Constant is null
            ? rewriter.Emit(name, new Binary(BinaryKind.Sub), name, a, b)
            : rewriter.Emit(name, new Binary(BinaryKind.Add), name, a, Mapped(b, value => -value));
        var excess = rewriter.Emit(name + "/clip", new Clip(clamp), name + "/clip", difference);
        rewriter.ReplaceBy(node, new Binary(BinaryKind.Add), excess, b);
    }

    private static Value Product(GraphRewriter rewriter, Node node, Value a, Value b) =>
        rewriter.Emit(node.Name + "/product", new Binary(BinaryKind.Mul), node.Output.Name + "/product", a, b);

    private static Value Function(GraphRewriter rewriter, Node node, UnaryKind kind, Value x) =>
        rewriter.Emit(node.Name + "/" + kind, new Unary(kind), node.Output.Name + "/" + kind, x);

    private static Value Scalar(Node node, double number) =>
        Constants.Float(node.Name + "/factor", Shape.Scalar, new[] { number });

    private static Value Mapped(Value constant, System.Func<double, double> function) =>
        Constants.Float(constant.Name, constant.Shape, constant.Constant!.ToDoubles().Select(function));
}
