using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class PReluImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Float(0);
        node.Return(new PRelu(), x, node.Like(x, 1));
    }
}
