using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Index of the largest of packed codes.</summary>
internal static class PackedArgMaxKernel
{
    public static void Print(KernelWriter writer, int index, ArgMaxStep step)
    {
        var layer = step.Layer;
        var packing = step.Packing!;
        using (writer.Method(index, step, "x", "y"))
        {
            writer.Text($"const int Outer = {layer.Outer}, Length = {layer.Length}, Inner = {layer.Inner};");
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (writer.Block($"for (int outer = 0; outer < Outer; outer++)"))
            using (writer.Block($"for (int inner = 0; inner < Inner; inner++)"))
            {
                writer.Text(
                    $$"""
                    int best = 0, top = -1;
                    for (int i = 0; i < Length; i++)
                    {
                        int code = {{PackedPrinter.At(writer, packing.Inputs[0], "x", "(((outer * Length) + i) * Inner) + inner")}};
                        if (code {{(layer.SelectLast ? ">=" : ">")}} top)
                        {
                            top = code;
                            best = i;
                        }
                    }

                    """);
                PackedPrinter.Write(writer, packing.Output, "best");
            }
        }
    }
}
