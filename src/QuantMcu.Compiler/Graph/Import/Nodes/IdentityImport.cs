using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class IdentityImport
{
    public static void Import(OnnxNode node) => node.Return(new Identity(), node.Input(0));
}
