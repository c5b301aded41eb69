using System;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Two slopes for packed codes, the negative one per channel.</summary>
internal static class PackedPReluKernel
{
    public static void Print(KernelWriter writer, int index, PReluStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            string requantize = PReluKernel.DeclareConstants(writer, index, step);
            new PackedLines(writer, step.Packing!, "x").Print(step, FormattableString.Invariant($"{step.Channels}"), codes =>
            {
                string channel = codes.First == "0" ? "i" : $"{codes.First} + i";
                writer.Text(
                    $$"""
                    for (int i = 0; i < {{codes.Count}}; i++)
                    {
                        int difference = {{codes.Elements[0]}} - ZeroPoint;
                        {{codes.Result}}[i] = difference >= 0
                            ? {{requantize}}(difference, Multiplier, positive)
                            : {{requantize}}(difference, multipliers[{{channel}}], negative);
                    }
                    """);
            });
        }
    }
}
