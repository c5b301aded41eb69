using System;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Functions of one number.</summary>
internal static class UnaryImport
{
    public static void Import(OnnxNode node, UnaryKind kind)
    {
        var x = kind is UnaryKind.Abs or UnaryKind.Neg or UnaryKind.Sign or UnaryKind.Erf ? Number(node) : node.Float(0);
        node.Return(new Unary(kind), x);
    }

    /// <summary>A function with constants, whose defaults are given.</summary>
    public static void Import(OnnxNode node, UnaryKind kind, float alpha, float beta = 0f)
    {
        alpha = node.Attributes.Float("alpha", alpha);
        if (kind == UnaryKind.HardSigmoid)
            beta = node.Attributes.Float("beta", beta);
        else if (kind == UnaryKind.Selu)
            beta = node.Attributes.Float("gamma", beta);

        node.Return(new Unary(kind, alpha, beta), node.Float(0));
    }

    public static void Gelu(OnnxNode node)
    {
        var x = node.Float(0);
        string approximate = node.Attributes.Text("approximate", "none");
        if (approximate == "none")
            node.Return(new Unary(UnaryKind.Gelu), x);
        else if (approximate == "tanh")
            GeluByTanh(node, x);
        else
            throw node.Invalid("approximate is '" + approximate + "'");
    }

    // x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
    private static void GeluByTanh(OnnxNode node, Value x)
    {
        Value Number(double number) => node.Number(number, x.Type.Element);
        var square = node.Add("square", new Binary(BinaryKind.Mul), x, x);
        var factor = node.Add("factor", new Binary(BinaryKind.Mul), square, Number(0.044715));
        var polynomial = node.Add("polynomial", new Binary(BinaryKind.Mul), node.Add("slope", new Binary(BinaryKind.Add), factor, Number(1)), x);
        var tanh = node.Add("tanh", new Unary(UnaryKind.Tanh), node.Add("scaled", new Binary(BinaryKind.Mul), polynomial, Number(Math.Sqrt(2 / Math.PI))));
        var gate = node.Add("gate", new Binary(BinaryKind.Add), tanh, Number(1));
        node.Return(new Binary(BinaryKind.Mul), node.Add("half", new Binary(BinaryKind.Mul), x, Number(0.5)), gate);
    }

    private static Value Number(OnnxNode node)
    {
        var x = node.Input(0);
        return x.Type.Element != ElementType.Bool ? x : throw node.Invalid("input 0 is " + x.Type);
    }
}
