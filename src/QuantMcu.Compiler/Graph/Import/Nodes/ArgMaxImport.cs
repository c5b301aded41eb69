using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class ArgMaxImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        int axis = node.Axis(node.Attributes.Int("axis", 0), x.Shape.Rank);
        if (x.Shape[axis] == 0)
            throw node.Invalid("axis " + axis + " of " + x.Shape + " is empty");

        bool keepDims = node.Attributes.Flag("keepdims", true);
        bool last = node.Opset >= 12 && node.Attributes.Flag("select_last_index", false);
        node.Return(new ArgMax(axis, keepDims, last), x);
    }
}
