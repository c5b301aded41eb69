using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Resampling; the data says where each output row and column reads: [low, high, fraction of high in 1/1024].</summary>
internal static class ResizeKernel
{
    public static void Print(KernelWriter writer, int index, ResizeStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            DeclareConstants(writer, index, step);
            using (writer.Batch(step.Image, step.Result))
            {
                if (step.IsNearest)
                    Nearest(writer, step);
                else
                    Linear(writer, step);
            }
        }
    }

    public static void DeclareConstants(KernelWriter writer, int index, ResizeStep step)
    {
        writer.Text($"const int Channels = {step.Image.Channels}, Pitch = {step.Image.Pitch};");
        if (step.Region is null)
            writer.Text($"const int ResultHeight = {step.Result.Height}, ResultWidth = {step.Result.Width};");

        writer.DeclareData(index, step);
    }

    private static void Nearest(KernelWriter writer, ResizeStep step) => writer.Text(
        $$"""
        {{RegionPrinter.RowLoop(step)}}
        {
            int* row = (int*)data + (3 * oy), column = (int*)(data + {{step.ColumnsOffset}}){{FirstColumn(step)}};
            byte* result = {{RegionPrinter.RowStart(step, step.Result)}};
            {{RegionPrinter.ColumnLoop(step, ", column += 3, result += Channels")}}
                Unsafe.CopyBlockUnaligned(result, x + (row[0] * Pitch) + (column[0] * Channels), Channels);
        }
        """);

    private static void Linear(KernelWriter writer, ResizeStep step) => writer.Text(
        $$"""
        {{RegionPrinter.RowLoop(step)}}
        {
            int* row = (int*)data + (3 * oy), column = (int*)(data + {{step.ColumnsOffset}}){{FirstColumn(step)}};
            byte* upper = x + (row[0] * Pitch), lower = x + (row[1] * Pitch);
            byte* result = {{RegionPrinter.RowStart(step, step.Result)}};
            {{RegionPrinter.ColumnLoop(step, ", column += 3, result += Channels")}}
            {
                int left = column[0] * Channels, right = column[1] * Channels;
                for (int c = 0; c < Channels; c++)
                {
                    int above = (upper[left + c] * (1024 - column[2])) + (upper[right + c] * column[2]);
                    int below = (lower[left + c] * (1024 - column[2])) + (lower[right + c] * column[2]);
                    result[c] = (byte)(((above * (1024 - row[2])) + (below * row[2]) + (1 << 19)) >> 20);
                }
            }
        }
        """);

    /// <summary>The first entry of the column table that a region needs.</summary>
    public static string FirstColumn(ResizeStep step) => step.Region is null ? "" : " + (3 * region.Left)";
}
