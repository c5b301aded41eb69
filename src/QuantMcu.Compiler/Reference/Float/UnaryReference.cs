using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class UnaryReference
{
    public static Tensor Evaluate(Unary unary, Operands operands)
    {
        var input = operands[0];
        if (input.Element.IsFloat() || unary.Kind is not (UnaryKind.Abs or UnaryKind.Neg or UnaryKind.Sign))
            return operands.Map(x => Apply(unary, x));

        return Tensor.Of(input.Shape, Array.ConvertAll(input.Integers, x => Apply(unary.Kind, input.Element, x)), input.Element);
    }

    /// <summary>The function at one point, in double.</summary>
    public static double Apply(Unary unary, double x)
    {
        double a = unary.Alpha, b = unary.Beta;
        return unary.Kind switch
        {
            UnaryKind.LeakyRelu => x < 0 ? a * x : x,
            UnaryKind.HardSigmoid => UnitInterval((a * x) + b),
            UnaryKind.HardSwish => x * UnitInterval((x / 6) + 0.5),
            UnaryKind.Swish => x / (1 + Math.Exp(-x)),
            UnaryKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
            UnaryKind.Tanh => Math.Tanh(x),
            UnaryKind.Elu => x < 0 ? a * (Math.Exp(x) - 1) : x,
            UnaryKind.Selu => x > 0 ? b * x : b * ((a * Math.Exp(x)) - a),
            UnaryKind.Softplus => Softplus(x),
            UnaryKind.Mish => x * Math.Tanh(Softplus(x)),
            UnaryKind.Exp => Math.Exp(x),
            UnaryKind.Log => Math.Log(x),
            UnaryKind.Sqrt => Math.Sqrt(x),
            UnaryKind.Reciprocal => 1 / x,
            UnaryKind.Abs => Math.Abs(x),
            UnaryKind.Neg => -x,
            UnaryKind.Floor => Math.Floor(x),
            UnaryKind.Ceil => Math.Ceiling(x),
            UnaryKind.Round => Math.Round(x, MidpointRounding.ToEven),
            UnaryKind.Sign => x > 0 ? 1 : x < 0 ? -1 : x,
            UnaryKind.Erf => ErrorFunction.Erf(x),
            UnaryKind.Gelu => x / 2 * ErrorFunction.Erfc(-x / Math.Sqrt(2)),
            _ => throw new NotSupportedException("No reference for " + unary.Kind + "."),
        };
    }

    private static long Apply(UnaryKind kind, ElementType type, long x) => kind switch
    {
        UnaryKind.Neg => IntegerMath.Wrap(type, unchecked(-x)),
        UnaryKind.Abs => type.IsUnsigned() || x >= 0 ? x : IntegerMath.Wrap(type, unchecked(-x)),
        _ => IntegerMath.Compare(type, x, 0),
    };

    private static double UnitInterval(double x) => Math.Max(0, Math.Min(1, x));

    /// <summary>ln(1 + exp(x)) without overflow, and without losing small results to the 1.</summary>
    private static double Softplus(double x)
    {
        double small = Math.Exp(-Math.Abs(x)), sum = 1 + small;
        double log = sum == 1 ? small : Math.Log(sum) * small / (sum - 1);
        return Math.Max(x, 0) + log;
    }
}
