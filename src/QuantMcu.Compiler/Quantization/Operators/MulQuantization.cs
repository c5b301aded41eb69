using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Product of two tensors: <see cref="MulLayer"/>.</summary>
internal static class MulQuantization
{
    public static void Add(Node node, Binary binary, NetworkBuilder builder)
    {
        int a = builder.Operand(node.Inputs[0]!), b = builder.Operand(node.Inputs[1]!);
        int y = builder.Declare(node.Output);
        Quantizer qa = builder.Quantizer(a), qb = builder.Quantizer(b), output = builder.Quantizer(y);
        var range = AccumulatorRange.Product(qa, qb);
        var (min, max) = CodeRange.Of(binary.Clamp, output);
        var requantization = RequantizationPlanner.Plan([qa.Scale * qb.Scale / output.Scale], range, output, min, max)
            ?? throw Unsupported.Overflow(node, "products reach " + range.Magnitude);

        builder.Add(new MulLayer(node.Name, [a, b], y, requantization));
    }
}
