using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Recognises activation functions that exporters spell out, so that each becomes one table: x * sigmoid(x) (Swish), x * clip(x +
/// 3, 0, 6) / 6 and x * hardsigmoid(x) (HardSwish), clip(x + 3, 0, 6) / 6 (HardSigmoid), x * tanh(softplus(x)) (Mish), x * (1 +
/// erf(x / sqrt 2)) / 2 (Gelu).
/// </summary>
public sealed class FuseActivations : NodePass
{
    private const int DeepestProduct = 3;

    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Binary { Kind: BinaryKind.Mul, Clamp.IsNone: true } || !node.Output.Type.Element.IsFloat())
            return false;

        var factors = new List<Value>();
        double constant = Factors(rewriter, rewriter.Input(node, 0), factors, DeepestProduct)
            * Factors(rewriter, rewriter.Input(node, 1), factors, DeepestProduct);

        if (Match(rewriter, factors, constant) is not var (function, x) || !x.Shape.Equals(node.Output.Shape))
            return false;

        rewriter.ReplaceBy(node, function, x);
        return true;
    }

    /// <summary>
    /// Takes a product apart into its factors that are no constants, and the product of those that are one number.
    /// </summary>
    private static double Factors(GraphRewriter rewriter, Value value, List<Value> factors, int depth)
    {
        if (Constants.IsUniform(value, out double number))
            return number;

        if (depth > 0 && rewriter.Producer(value) is { Operator: Binary { Kind: BinaryKind.Mul, Clamp.IsNone: true } } product)
        {
            return Factors(rewriter, product.Inputs[0]!, factors, depth - 1)
                * Factors(rewriter, product.Inputs[1]!, factors, depth - 1);
        }

        factors.Add(value);
        return 1;
    }

    private static (Unary Function, Value Argument)? Match(GraphRewriter rewriter, List<Value> factors, double constant)
    {
        if (factors.Count == 1 && IsClippedSum(rewriter, factors[0], out var inner) && IsNear(constant, 1.0 / 6))
            return (new Unary(UnaryKind.HardSigmoid, 1f / 6, 0.5f), inner!);

        if (factors.Count != 2)
            return null;

        return Gated(rewriter, factors[0], factors[1], constant) ?? Gated(rewriter, factors[1], factors[0], constant);
    }

    /// <summary>x * gate(x) * constant.</summary>
    private static (Unary Function, Value Argument)? Gated(GraphRewriter rewriter, Value x, Value gate, double constant)
    {
        UnaryKind? kind = null;
        if (IsClippedSum(rewriter, gate, out var inner) && inner == x && IsNear(constant, 1.0 / 6))
            kind = UnaryKind.HardSwish;
        else if (IsNear(constant, 0.5) && IsErrorFunctionPlusOne(rewriter, gate, x))
            kind = UnaryKind.Gelu;
        else if (IsNear(constant, 1) && rewriter.Producer(gate) is { Operator: Unary unary } node)
            kind = GateKind(rewriter, unary, node.Inputs[0]!, x);

        return kind is { } found ? (new Unary(found), x) : null;
    }

    private static UnaryKind? GateKind(GraphRewriter rewriter, Unary gate, Value argument, Value x) => gate.Kind switch
    {
        UnaryKind.Sigmoid when argument == x => UnaryKind.Swish,
        UnaryKind.HardSigmoid when argument == x && IsNear(gate.Alpha, 1.0 / 6) && IsNear(gate.Beta, 0.5) => UnaryKind.HardSwish,
        UnaryKind.Tanh when rewriter.Producer(argument) is { Operator: Unary { Kind: UnaryKind.Softplus } } softplus
            && softplus.Inputs[0] == x
            => UnaryKind.Mish,
        _ => null,
    };

    /// <summary>clip(x + 3, 0, 6).</summary>
    private static bool IsClippedSum(GraphRewriter rewriter, Value value, out Value? x)
    {
        x = null;
        return rewriter.Producer(value) is { Operator: Clip { Clamp: { Min: 0, Max: 6 } } } clip
            && IsSum(rewriter, clip.Inputs[0]!, 3, out x);
    }

    /// <summary>erf(x / sqrt 2) + 1.</summary>
    private static bool IsErrorFunctionPlusOne(GraphRewriter rewriter, Value value, Value x)
    {
        if (!IsSum(rewriter, value, 1, out var sum)
            || rewriter.Producer(sum!) is not { Operator: Unary { Kind: UnaryKind.Erf } } erf)
            return false;

        var factors = new List<Value>();
        return IsNear(Factors(rewriter, erf.Inputs[0]!, factors, DeepestProduct), Math.Sqrt(0.5))
            && factors.SequenceEqual(new[] { x });
    }

    private static bool IsSum(GraphRewriter rewriter, Value value, double addend, out Value? x)
    {
        x = null;
        if (rewriter.Producer(value) is not { Operator: Binary { Kind: BinaryKind.Add, Clamp.IsNone: true } } sum)
            return false;

        x = Constants.Is(sum.Inputs[1], addend) ? sum.Inputs[0] : Constants.Is(sum.Inputs[0], addend) ? sum.Inputs[1] : null;
        return x is not null;
    }

    private static bool IsNear(double number, double expected) => Math.Abs(number - expected) < 1e-6;
}
