using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>QuantizeLinear and DequantizeLinear of activations: they compute nothing, unless two quantizers meet.</summary>
internal static class ImportedQuantizerQuantization
{
    public static void Add(Node node, NetworkBuilder builder)
    {
        int tensor = builder.Operand(node.Inputs[0]!, builder.QuantizerOf(node.Output));
        if (node.Operator is Dequantize && ImportedQuantization.OfActivation(node) is { } given && given != builder.Quantizer(tensor))
            throw Unsupported.Form(node, "its scale or zero point is not that of the QuantizeLinear before it", "Use one scale for both.");

        builder.Alias(node.Output, tensor);
    }
}
