using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class ExpandImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        var given = node.Shape(node.Integers(1, "shape"));
        var shape = Broadcast.Result(x.Shape, given) ?? throw node.Invalid("shape " + x.Shape + " does not broadcast to " + given);
        node.Return(new Expand(shape), x);
    }
}
