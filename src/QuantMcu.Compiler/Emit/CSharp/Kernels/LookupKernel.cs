using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Functions of one code, by table.</summary>
internal static class LookupKernel
{
    public static void Print(KernelWriter writer, int index, LookupStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            writer.DeclareData(index, step);
            if (step.Region is { } region)
            {
                Region(writer, step, region);
                return;
            }

            if (step.Channels == 1)
            {
                writer.Text(
                    $$"""
                    for (int i = 0; i < {{step.Elements}}; i++)
                        y[i] = data[x[i]];
                    """);
                return;
            }

            writer.Text(
                $$"""
                const int Channels = {{step.Channels}};
                for (int pixel = 0; pixel < {{step.Elements / step.Channels}}; pixel++, x += Channels, y += Channels)
                {
                    for (int c = 0; c < Channels; c++)
                        y[c] = data[(c * {{step.Entries}}) + x[c]];
                }
                """);
        }
    }

    private static void Region(KernelWriter writer, LookupStep step, RegionImages region) =>
        RegionPrinter.Rows(writer, region, ["x"], (rows, y) =>
        {
            if (step.Channels > 1)
            {
                RegionPrinter.Channels(writer, region, rows, y, codes => writer.Text($"{y}[c] = data[(c * {step.Entries}) + {codes[0]}];"));
                return;
            }

            writer.Text(
                $$"""
                for (int i = 0; i < pixels * {{region.Output.Channels}}; i++)
                    {{y}}[i] = data[{{rows[0]}}[i]];
                """);
        });
}
