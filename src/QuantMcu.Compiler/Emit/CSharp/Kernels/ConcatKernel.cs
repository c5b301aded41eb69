using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Inputs one after the other.</summary>
internal static class ConcatKernel
{
    public static void Print(KernelWriter writer, int index, ConcatStep step)
    {
        var names = Enumerable.Range(0, step.Inputs.Length)
            .Select(i => "x" + i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using (writer.Method(index, step, names.Append("y").ToArray()))
        {
            using (step.Outer > 1 ? writer.Block($"for (int outer = 0; outer < {step.Outer}; outer++)") : null)
            {
                for (int i = 0; i < step.Parts.Length; i++)
                {
                    if (step.Parts[i] == 0)
                        continue;

                    writer.Text($"Unsafe.CopyBlockUnaligned(y, x{i}, {step.Parts[i]});");
                    writer.Text($"y += {step.Parts[i]};");
                    if (step.Outer > 1)
                        writer.Text($"x{i} += {step.Parts[i]};");
                }
            }
        }
    }
}
