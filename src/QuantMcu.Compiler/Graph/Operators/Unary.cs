using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Functions of one number. a = Alpha and b = Beta where the function has them.</summary>
public enum UnaryKind
{
    /// <summary>x &lt; 0 ? a * x : x.</summary>
    LeakyRelu,

    /// <summary>max(0, min(1, a * x + b)).</summary>
    HardSigmoid,

    /// <summary>x * max(0, min(1, x / 6 + 1 / 2)).</summary>
    HardSwish,

    /// <summary>x / (1 + exp(-x)), also called SiLU.</summary>
    Swish,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,
    Tanh,

    /// <summary>x &lt; 0 ? a * (exp(x) - 1) : x.</summary>
    Elu,

    /// <summary>x &gt; 0 ? b * x : b * (a * exp(x) - a): Selu, with b its gamma.</summary>
    Selu,

    /// <summary>ln(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x * tanh(ln(1 + exp(x))).</summary>
    Mish,
    Exp,
    Log,
    Sqrt,
    Reciprocal,
    Abs,
    Neg,
    Floor,
    Ceil,

    /// <summary>To nearest, halves to even.</summary>
    Round,
    Sign,
    Erf,

    /// <summary>x / 2 * (1 + erf(x / sqrt 2)).</summary>
    Gelu,
}

/// <summary>A function applied to every element. Becomes a table of 256 entries when quantized.</summary>
public sealed record Unary(UnaryKind Kind, float Alpha = 0f, float Beta = 0f) : Operator
{
    public override string Name => Kind.ToString();

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        return One(x.Element, x.Shape);
    }
}
