using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Packed lines one after the other, where a part of a line does not start on a byte.</summary>
internal static class PackedConcatKernel
{
    public static void Print(KernelWriter writer, int index, ConcatStep step)
    {
        var packing = step.Packing!;
        var names = Enumerable.Range(0, step.Inputs.Length).Select(ConcatKernel.Name).ToArray();
        using (writer.Method(index, step, names.Append("y").ToArray()))
        {
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (writer.Block($"for (int line = 0; line < {step.Outer}; line++)"))
            {
                for (int i = 0; i < names.Length; i++)
                {
                    if (step.Parts[i] == 0)
                        continue;

                    using (writer.Block($"for (int c = 0; c < {step.Parts[i]}; c++)"))
                        PackedPrinter.Write(writer, packing.Output, PackedPrinter.InLine(writer, packing.Inputs[i].Bits, names[i], "c"));

                    writer.Line();
                    writer.Text($"{names[i]} += {packing.Inputs[i].Pitch};");
                }
            }
        }
    }
}
