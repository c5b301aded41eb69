using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Inputs one after the other.</summary>
internal static class ConcatKernel
{
    public static void Print(KernelWriter writer, int index, ConcatStep step)
    {
        var names = Enumerable.Range(0, step.Inputs.Length).Select(Name);
        using (writer.Method(index, step, names.Append("y").ToArray()))
        {
            if (step.Region is { } region)
            {
                Region(writer, step, region, names.ToArray());
                return;
            }

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

    private static void Region(KernelWriter writer, ConcatStep step, RegionImages region, string[] names) =>
        RegionPrinter.Rows(writer, region, names, (rows, y) =>
        {
            using (writer.Block($"for (int p = 0; p < pixels; p++)"))
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    writer.Text(
                        $$"""
                        Unsafe.CopyBlockUnaligned({{y}}, {{rows[i]}}, {{region.Inputs[i].Channels}});
                        {{y}} += {{region.Inputs[i].Channels}};
                        {{rows[i]}} += {{region.Inputs[i].Pixel}};
                        """);
                }
            }
        });

    /// <summary>Name of the pointer to an input.</summary>
    public static string Name(int input) => "x" + input.ToString(CultureInfo.InvariantCulture);
}
