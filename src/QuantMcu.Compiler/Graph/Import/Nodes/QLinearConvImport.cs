using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>
/// Convolutions of codes, taken apart into Dequantize, Conv and Quantize: the scales stay in the graph, and the product keeps its meaning.
/// </summary>
internal static class QLinearConvImport
{
    /// <summary>Inputs x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, and the bias in units of x_scale * w_scale.</summary>
    public static void QLinearConv(OnnxNode node)
    {
        var x = node.Input(0);
        var w = node.Input(3);
        var xScale = Codes.PerTensor(node, node.Float(1), "x_scale");
        var wScale = Codes.Flat(node, node.Like(xScale, 4), w.Shape, "w_scale");
        var real = Codes.Dequantized(node, "x", x, xScale, Codes.PerTensor(node, node.Like(x, 2), "x_zero_point"), 0);
        var weights = Codes.Dequantized(node, "w", w, wScale, Codes.MatchScale(node, wScale, node.Like(w, 5)), 0);
        var yScale = Codes.PerTensor(node, node.Like(xScale, 6), "y_scale");
        var yZero = Codes.PerTensor(node, node.Input(7), "y_zero_point");

        var conv = node.Add("conv", ConvImport.Read(node, x, w), real, weights, Bias(node, xScale, wScale));
        Codes.ReturnQuantized(node, conv, yScale, yZero);
    }

    /// <summary>Inputs x, w, x_zero_point, w_zero_point. A scale of 1 leaves the integers as they are.</summary>
    public static void ConvInteger(OnnxNode node)
    {
        var x = node.Input(0);
        var w = node.Input(1);
        var xZero = node.Optional(2) is null ? null : Codes.PerTensor(node, node.Like(x, 2), "x_zero_point");
        var wZero = node.Optional(3) is null ? null : Codes.Flat(node, node.Like(w, 3), w.Shape, "w_zero_point");
        var one = node.Number(1, ElementType.Float32);
        var real = Codes.Dequantized(node, "x", x, one, xZero, 0);
        var weights = Codes.Dequantized(node, "w", w, Codes.Ones(node, wZero), wZero, 0);
        node.Return(new Cast(ElementType.Int32), node.Add("conv", ConvImport.Read(node, x, w), real, weights));
    }

    private static Value? Bias(OnnxNode node, Value xScale, Value wScale)
    {
        if (node.Optional(8) is not { } bias)
            return null;
        if (bias.Type.Element != ElementType.Int32)
            throw node.Invalid("the bias is " + bias.Type);

        var scale = node.Add("bias_scale", new Binary(BinaryKind.Mul), wScale, xScale);
        if (scale.Shape.Elements > 1 && !scale.Shape.SequenceEqual(bias.Shape))
            throw node.Invalid("the bias is " + bias.Type + " for " + scale.Shape + " channels");

        return node.Add("bias", new Dequantize(0, 0), bias, scale, null);
    }
}
