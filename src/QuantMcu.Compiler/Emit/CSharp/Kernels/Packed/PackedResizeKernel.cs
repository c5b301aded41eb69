using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Resampling of packed codes between neighbours.</summary>
internal static class PackedResizeKernel
{
    public static void Print(KernelWriter writer, int index, ResizeStep step)
    {
        int bits = step.Packing!.Output.Bits, pixel = step.Image.Pixel;
        using (writer.Method(index, step, "x", "y"))
        {
            ResizeKernel.DeclareConstants(writer, index, step);
            writer.Text(
                $$"""
                byte* a = stackalloc byte[{{PackedLines.Tile}}], b = stackalloc byte[{{PackedLines.Tile}}];
                byte* d = stackalloc byte[{{PackedLines.Tile}}], e = stackalloc byte[{{PackedLines.Tile}}];
                """);
            using (writer.Batch(step.Image, step.Result))
            using (writer.Block($"{RegionPrinter.RowLoop(step)}"))
            {
                writer.Text(
                    $$"""
                    int* row = (int*)data + (3 * oy), column = (int*)(data + {{step.ColumnsOffset}}){{ResizeKernel.FirstColumn(step)}};
                    byte* upper = x + (row[0] * Pitch), lower = x + (row[1] * Pitch);
                    byte* result = {{RegionPrinter.RowStart(step, step.Result)}};
                    """);
                using (writer.Block($"{RegionPrinter.ColumnLoop(step, $", column += 3, result += {pixel}")}"))
                {
                    writer.Text($"int left = column[0] * {pixel}, right = column[1] * {pixel};");
                    PackedLines.Blocks(writer, step.Image.Channels, "Channels", (first, count) => Pixel(writer, bits, first, count));
                }
            }
        }
    }

    private static void Pixel(KernelWriter writer, int bits, string first, string count)
    {
        string unpack = writer.Use(PackedHelpers.Unpack(bits));
        writer.Text(
            $$"""
            {{unpack}}({{PackedPrinter.Address(bits, "upper + left", first)}}, {{count}}, a);
            {{unpack}}({{PackedPrinter.Address(bits, "upper + right", first)}}, {{count}}, b);
            {{unpack}}({{PackedPrinter.Address(bits, "lower + left", first)}}, {{count}}, d);
            {{unpack}}({{PackedPrinter.Address(bits, "lower + right", first)}}, {{count}}, e);
            for (int c = 0; c < {{count}}; c++)
            {
                int above = (a[c] * (1024 - column[2])) + (b[c] * column[2]);
                int below = (d[c] * (1024 - column[2])) + (e[c] * column[2]);
                a[c] = (byte)(((above * (1024 - row[2])) + (below * row[2]) + (1 << 19)) >> 20);
            }

            {{writer.Use(PackedHelpers.Pack(bits))}}(a, {{count}}, {{PackedPrinter.Address(bits, "result", first)}});
            """);
    }
}
