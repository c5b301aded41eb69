using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Matrix products of codes, taken apart into Dequantize, MatMul and Quantize as <see cref="QLinearConvImport"/> does.</summary>
internal static class QLinearMatMulImport
{
    /// <summary>Inputs a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point.</summary>
    public static void QLinearMatMul(OnnxNode node)
    {
        var a = node.Input(0);
        var b = node.Input(3);
        var aScale = PerRow(node, node.Float(1), a.Shape, "a_scale");
        var bScale = PerColumn(node, node.Like(aScale, 4), b.Shape, "b_scale");
        var aZero = Codes.MatchScale(node, aScale, PerRow(node, node.Like(a, 2), a.Shape, "a_zero_point"));
        var bZero = Codes.MatchScale(node, bScale, PerColumn(node, node.Like(b, 5), b.Shape, "b_zero_point"));
        var yScale = Codes.PerTensor(node, node.Like(aScale, 6), "y_scale");
        var yZero = Codes.PerTensor(node, node.Input(7), "y_zero_point");

        var product = node.Add("product", new MatMul(), Rows(node, a, aScale, aZero), Columns(node, b, bScale, bZero));
        Codes.ReturnQuantized(node, product, yScale, yZero);
    }

    /// <summary>Inputs A, B, a_zero_point, b_zero_point.</summary>
    public static void MatMulInteger(OnnxNode node)
    {
        var a = node.Input(0);
        var b = node.Input(1);
        var aZero = node.Optional(2) is null ? null : PerRow(node, node.Like(a, 2), a.Shape, "a_zero_point");
        var bZero = node.Optional(3) is null ? null : PerColumn(node, node.Like(b, 3), b.Shape, "b_zero_point");
        var left = Rows(node, a, Codes.Ones(node, aZero), aZero);
        var right = Columns(node, b, Codes.Ones(node, bZero), bZero);
        node.Return(new Cast(ElementType.Int32), node.Add("product", new MatMul(), left, right));
    }

    private static Value Rows(OnnxNode node, Value a, Value scale, Value? zero) =>
        Codes.Dequantized(node, "a", a, scale, zero, System.Math.Max(0, a.Shape.Rank - 2));

    private static Value Columns(OnnxNode node, Value b, Value scale, Value? zero) =>
        Codes.Dequantized(node, "b", b, scale, zero, System.Math.Max(0, b.Shape.Rank - 1));

    private static Value PerRow(OnnxNode node, Value operand, Shape a, string role) =>
        Along(node, operand, a.Rank < 2 ? -1 : a[a.Rank - 2], role);

    private static Value PerColumn(OnnxNode node, Value operand, Shape b, string role) =>
        Along(node, operand, b.Rank < 2 ? -1 : b[b.Rank - 1], role);

    /// <summary>A scalar, or a vector of <paramref name="size"/>; matrices may also come with scales of a rank of their own.</summary>
    private static Value Along(OnnxNode node, Value operand, int size, string role)
    {
        if (operand.Shape.Elements == 1)
            return Codes.PerTensor(node, operand, role);
        if (operand.Shape.Elements != size)
            throw node.Unsupported("has " + operand.Shape + " values of " + role, "one " + role + ", or one for each row of A or column of B");

        return operand.Shape.Rank == 1 ? operand : node.Add(role, new Reshape(new Shape(size)), operand);
    }
}
