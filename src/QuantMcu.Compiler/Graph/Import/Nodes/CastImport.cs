using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Onnx;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class CastImport
{
    public static void Import(OnnxNode node)
    {
        long to = node.Attributes.Integer("to") ?? throw node.Invalid("attribute 'to' is missing");
        var element = OnnxElementTypes.TryRead(to)
            ?? throw node.Unsupported("casts to " + OnnxElementTypes.NameOf(to), "Cast to float, float16, double, bool or an integer of 8 to 64 bits");

        // How to overflow into an 8-bit float, which no supported type is.
        if (node.Opset >= 19)
            node.Attributes.Ignore("saturate");

        node.Return(new Cast(element), node.Input(0));
    }
}
