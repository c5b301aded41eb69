using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Add and Sub of two tensors: <see cref="AddLayer"/>.</summary>
internal static class AddQuantization
{
    /// <summary>Multipliers stay below 2^20 and the shift at or below 20, so that zero point and both products fit int32 in any order.</summary>
    private const int LargestShift = 20;

    private const int LargestMultiplier = 1 << 20;

    public static void Add(Node node, Binary binary, NetworkBuilder builder)
    {
        int a = builder.Operand(node.Inputs[0]!), b = builder.Operand(node.Inputs[1]!);
        int y = builder.Declare(node.Output);
        Quantizer qa = builder.Quantizer(a), qb = builder.Quantizer(b), output = builder.Quantizer(y);
        double ratioA = qa.Scale / output.Scale, ratioB = qb.Scale / output.Scale;
        int shift = LargestShift;
        while (shift > 0 && Math.Max(ratioA, ratioB) * (1L << shift) >= LargestMultiplier)
            shift--;
        if (Math.Max(ratioA, ratioB) * (1L << shift) >= LargestMultiplier)
            throw Unsupported.Overflow(node, "an input is " + Math.Max(ratioA, ratioB) + " times coarser than the output");

        int multiplierA = Multiplier(ratioA, shift), multiplierB = Multiplier(ratioB, shift);
        if (binary.Kind == BinaryKind.Sub)
            multiplierB = -multiplierB;

        int half = shift > 0 ? 1 << (shift - 1) : 0;
        int addend = (output.ZeroPoint << shift) + half - (qa.ZeroPoint * multiplierA) - (qb.ZeroPoint * multiplierB);
        var (min, max) = CodeRange.Of(binary.Clamp, output);
        builder.Add(new AddLayer(node.Name, [a, b], y, multiplierA, multiplierB, addend, shift, min, max));
    }

    private static int Multiplier(double ratio, int shift) => (int)Math.Round(ratio * (1L << shift), MidpointRounding.ToEven);
}
