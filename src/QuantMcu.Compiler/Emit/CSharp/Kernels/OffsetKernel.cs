using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Copies between the caller and the network; signed samples differ from codes in the highest bit.</summary>
internal static class OffsetKernel
{
    public static void Print(KernelWriter writer, int index, OffsetStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            if (step.Region is { } region)
            {
                RegionPrinter.Rows(writer, region, ["x"], (rows, y) => writer.Text(
                    $$"""
                    for (int i = 0; i < pixels * {{region.Output.Channels}}; i++)
                        {{y}}[i] = (byte)({{rows[0]}}[i] ^ 0x80);
                    """));
                return;
            }

            if (!step.Signed)
            {
                writer.Text($"Unsafe.CopyBlockUnaligned(y, x, {step.Elements});");
                return;
            }

            writer.Text(
                $$"""
                for (int i = 0; i < {{step.Elements}}; i++)
                    y[i] = (byte)(x[i] ^ 0x80);
                """);
        }
    }
}
