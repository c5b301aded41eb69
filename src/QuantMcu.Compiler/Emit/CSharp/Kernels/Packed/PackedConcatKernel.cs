using System;
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
            if (step.Region is { } region)
            {
                RegionPrinter.Rows(writer, region, names, (rows, y) => Lines(writer, packing, rows, y, "pixels", i => region.Inputs[i].Pixel));
                return;
            }

            Lines(writer, packing, names, "y", FormattableString.Invariant($"{step.Outer}"), i => packing.Inputs[i].Pitch);
        }
    }

    private static void Lines(KernelWriter writer, Packing packing, string[] parts, string y, string lines, Func<int, int> pitch)
    {
        PackedPrinter.DeclareResult(writer, packing.Output, y);
        using (writer.Block($"for (int line = 0; line < {lines}; line++)"))
        {
            for (int i = 0; i < parts.Length; i++)
            {
                if (packing.Inputs[i].Line == 0)
                    continue;

                using (writer.Block($"for (int c = 0; c < {packing.Inputs[i].Line}; c++)"))
                    PackedPrinter.Write(writer, packing.Output, PackedPrinter.InLine(writer, packing.Inputs[i].Bits, parts[i], "c"));

                writer.Line();
                if (pitch(i) > 0)
                    writer.Text($"{parts[i]} += {pitch(i)};");
            }
        }
    }
}
