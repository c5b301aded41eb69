using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Sums of packed codes.</summary>
internal static class PackedAddKernel
{
    public static void Print(KernelWriter writer, int index, AddStep step)
    {
        var layer = step.Layer;
        using (writer.Method(index, step, "a", "b", "y"))
        {
            AddKernel.DeclareConstants(writer, layer);
            new PackedLines(writer, step.Packing!, "a", "b").Print(step, step.Loops, codes => Sum(writer, step, codes));
        }
    }

    private static void Sum(KernelWriter writer, AddStep step, LineCodes codes)
    {
        if (codes.Pointers.Length == 2)
        {
            AddKernel.Call(writer, step, codes.Pointers[0], codes.Pointers[1], codes.Result, codes.Count);
            return;
        }

        writer.Text(
            $$"""
            for (int i = 0; i < {{codes.Count}}; i++)
            {
                int sum = ({{codes.Elements[0]}} * MultiplierA) + ({{codes.Elements[1]}} * MultiplierB) + Addend;
                {{codes.Result}}[i] = (byte)Math.Min(Math.Max(sum >> Shift, {{step.Layer.Min}}), {{step.Layer.Max}});
            }
            """);
    }
}
