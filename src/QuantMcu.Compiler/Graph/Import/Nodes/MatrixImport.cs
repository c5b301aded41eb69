using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Products of matrices.</summary>
internal static class MatrixImport
{
    public static void Gemm(OnnxNode node)
    {
        var a = node.Float(0);
        var b = node.Like(a, 1);
        var c = node.Opset < 11 ? node.Like(a, 2) : node.OptionalLike(a, 2);
        var gemm = new Gemm(
            node.Attributes.Float("alpha", 1f), node.Attributes.Float("beta", 1f),
            node.Attributes.Flag("transA", false), node.Attributes.Flag("transB", false));
        node.Return(gemm, a, b, c);
    }

    public static void MatMul(OnnxNode node)
    {
        var a = node.Float(0);
        node.Return(new MatMul(), a, node.Like(a, 1));
    }
}
