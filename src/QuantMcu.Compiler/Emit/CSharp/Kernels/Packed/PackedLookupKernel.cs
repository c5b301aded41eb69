using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Functions of one packed code, by table.</summary>
internal static class PackedLookupKernel
{
    public static void Print(KernelWriter writer, int index, LookupStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            writer.DeclareData(index, step);
            if (step.Channels > 1)
                writer.Text($"const int Channels = {step.Channels};");

            new PackedLines(writer, step.Packing!, "x").Print(step, step.Channels == 1 ? null : "Channels", codes =>
            {
                string channel = codes.First == "0" ? "i" : $"({codes.First} + i)";
                string entry = step.Channels == 1 ? codes.Elements[0] : $"({channel} * {step.Entries}) + {codes.Elements[0]}";
                writer.Text(
                    $$"""
                    for (int i = 0; i < {{codes.Count}}; i++)
                        {{codes.Result}}[i] = data[{{entry}}];
                    """);
            });
        }
    }
}
