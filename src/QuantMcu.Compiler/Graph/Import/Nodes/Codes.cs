using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Scales and zero points of the operators that compute with codes.</summary>
internal static class Codes
{
    /// <summary>The operand as a scalar.</summary>
    public static Value PerTensor(OnnxNode node, Value operand, string role)
    {
        if (operand.Shape.Elements != 1)
            throw node.Unsupported("has " + operand.Shape + " values of " + role, "one " + role);

        return operand.Shape.Rank == 0 ? operand : node.Add(role, new Reshape(Shape.Scalar), operand);
    }

    /// <summary>Refuses constant scales that no real number could be recovered with.</summary>
    /// <param name="node">The node.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="divides">The scale is divided by, so that 0 (the scale of weights that are all 0) is of no use.</param>
    public static void CheckScale(OnnxNode node, Value scale, bool divides)
    {
        for (int i = 0; i < (scale.Constant?.Shape.Elements ?? 0); i++)
        {
            double value = scale.Constant!.At(i);
            if (!(value >= 0) || double.IsInfinity(value) || divides && value == 0)
                throw node.Invalid("a scale is " + value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The operand as a scalar, or as a vector with one entry per output channel of the weights.</summary>
    public static Value Flat(OnnxNode node, Value operand, Shape weights, string role)
    {
        if (operand.Shape.Elements == 1)
            return PerTensor(node, operand, role);
        if (operand.Shape.Rank != 1 || weights.Rank == 0 || operand.Shape[0] != weights[0])
            throw node.Invalid(role + " " + operand.Shape + " does not fit weights " + weights);

        return operand;
    }

    /// <summary>A zero point that stands for every channel, repeated for each; others as they are.</summary>
    public static Value MatchScale(OnnxNode node, Value scale, Value zero)
    {
        if (zero.Shape.Elements == 1)
        {
            return scale.Shape.Rank == 0
                ? PerTensor(node, zero, "zero_point")
                : node.Add("zero_points", new Expand(scale.Shape), PerTensor(node, zero, "zero_point"));
        }

        return zero.Shape.Equals(scale.Shape) ? zero : throw node.Invalid("scale " + scale.Shape + " and zero point " + zero.Shape + " differ");
    }

    /// <summary>Scales of 1, shaped as the zero point (a scalar where it is absent).</summary>
    public static Value Ones(OnnxNode node, Value? zero)
    {
        if (zero is null || zero.Shape.Rank == 0)
            return node.Number(1, ElementType.Float32);

        return new Value(node.Name + "/ones", Tensor.Of(zero.Shape, Enumerable.Repeat(1f, zero.Shape.Elements).ToArray()));
    }

    public static Value Dequantized(OnnxNode node, string suffix, Value codes, Value scale, Value? zero, int axis)
    {
        Check(node, codes.Type.Element);
        CheckScale(node, scale, divides: false);
        return node.Add(suffix, new Dequantize(scale.Shape.Rank == 0 ? 0 : axis, 0), codes, scale, zero);
    }

    /// <summary>Makes the result codes again, as this node's output.</summary>
    public static void ReturnQuantized(OnnxNode node, Value real, Value scale, Value zero)
    {
        CheckScale(node, scale, divides: true);
        node.Return(new Quantize(0, 0, Check(node, zero.Type.Element)), real, scale, zero);
    }

    /// <exception cref="Diagnostics.ModelException">Not a type that codes of these operators have.</exception>
    private static ElementType Check(OnnxNode node, ElementType element) =>
        element is ElementType.Int8 or ElementType.UInt8 ? element : throw node.Unsupported("has codes of " + element, "codes of int8 or uint8");
}
