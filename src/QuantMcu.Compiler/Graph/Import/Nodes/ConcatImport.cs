using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class ConcatImport
{
    public static void Import(OnnxNode node)
    {
        var first = node.Input(0);
        long axis = node.Attributes.Integer("axis") ?? throw node.Invalid("attribute 'axis' is missing");
        var inputs = Enumerable.Range(0, node.InputCount).Select(i => (Value?)node.Like(first, i)).ToArray();
        node.Return(new Concat(node.Axis(axis, first.Shape.Rank)), inputs);
    }
}
