using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Products of packed codes.</summary>
internal static class PackedMulKernel
{
    public static void Print(KernelWriter writer, int index, MulStep step)
    {
        using (writer.Method(index, step, "a", "b", "y"))
        {
            string requantize = MulKernel.DeclareConstants(writer, step);
            new PackedLines(writer, step.Packing!, "a", "b").Print(step, step.Loops, codes => writer.Text(
                $$"""
                for (int i = 0; i < {{codes.Count}}; i++)
                {
                    int product = ({{codes.Elements[0]}} - ZeroA) * ({{codes.Elements[1]}} - ZeroB);
                    {{codes.Result}}[i] = {{requantize}}(product, Multiplier, to);
                }
                """));
        }
    }
}
