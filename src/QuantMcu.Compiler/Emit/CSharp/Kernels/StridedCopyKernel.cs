using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Slices, transpositions, expansions.</summary>
internal static class StridedCopyKernel
{
    public static void Print(KernelWriter writer, int index, StridedCopyStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            if (step.Offset != 0)
                writer.Text($"x += {step.Offset};");

            int stride = step.Loops.RowStride(0);
            NestPrinter.Print(writer, step.Loops, ["x"], rows =>
            {
                if (stride == 1)
                {
                    writer.Text($"Unsafe.CopyBlockUnaligned(y, {rows[0]}, {step.Loops.Row});");
                    return;
                }

                writer.Text(
                    $$"""
                    for (int i = 0; i < {{step.Loops.Row}}; i++)
                        y[i] = {{NestPrinter.At(rows[0], stride)}};
                    """);
            });
        }
    }
}
