using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Resampling; the data says where each output row and column reads: [low, high, fraction of high in 1/1024].</summary>
internal static class ResizeKernel
{
    public static void Print(KernelWriter writer, int index, ResizeStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            writer.Text($"const int Width = {step.Image.Width}, Channels = {step.Image.Channels};");
            writer.Text($"const int ResultHeight = {step.Result.Height}, ResultWidth = {step.Result.Width};");
            writer.DeclareData(index);
            using (writer.Batch(step.Image, step.Result))
            {
                writer.Raw("byte* result = y;");
                if (step.IsNearest)
                    Nearest(writer, step);
                else
                    Linear(writer, step);
            }
        }
    }

    private static void Nearest(KernelWriter writer, ResizeStep step) => writer.Text(
        $$"""
        int* row = (int*)data;
        for (int oy = 0; oy < ResultHeight; oy++, row += 3)
        {
            int* column = (int*)(data + {{step.ColumnsOffset}});
            for (int ox = 0; ox < ResultWidth; ox++, column += 3, result += Channels)
                Unsafe.CopyBlockUnaligned(result, x + (((row[0] * Width) + column[0]) * Channels), Channels);
        }
        """);

    private static void Linear(KernelWriter writer, ResizeStep step) => writer.Text(
        $$"""
        int* row = (int*)data;
        for (int oy = 0; oy < ResultHeight; oy++, row += 3)
        {
            byte* upper = x + (row[0] * Width * Channels), lower = x + (row[1] * Width * Channels);
            int* column = (int*)(data + {{step.ColumnsOffset}});
            for (int ox = 0; ox < ResultWidth; ox++, column += 3, result += Channels)
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
}
