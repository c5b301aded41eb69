using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Functions of one number, Clip among them: <see cref="LookupLayer"/>.</summary>
internal static class UnaryQuantization
{
    public static void Add(Node node, NetworkBuilder builder)
    {
        int x = builder.Operand(node.Inputs[0]!);
        int y = builder.Declare(node.Output);
        var table = FunctionTable.Of(node, builder.Quantizer(x), builder.Quantizer(y), reals => [reals]);
        builder.Add(new LookupLayer(node.Name, [x], y, node.Operator.Name, table));
    }
}
