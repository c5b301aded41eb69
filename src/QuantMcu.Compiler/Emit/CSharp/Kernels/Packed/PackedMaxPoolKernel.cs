using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Largest of packed codes in every window.</summary>
internal static class PackedMaxPoolKernel
{
    public static void Print(KernelWriter writer, int index, MaxPoolStep step)
    {
        int bits = step.Packing!.Output.Bits;
        using (writer.Method(index, step, "x", "y"))
        {
            WindowPrinter.Constants(writer, step, step.Image, step.Result);
            writer.Text($"byte* codes = stackalloc byte[{PackedLines.Tile}], best = stackalloc byte[{PackedLines.Tile}];");
            using (writer.Batch(step.Image, step.Result))
            {
                WindowPrinter.Pixels(writer, step, step.Result, step.Window, () => PackedLines.Blocks(
                    writer, step.Image.Channels, "Channels", (first, count) => Pixel(writer, step, bits, first, count)));
            }
        }
    }

    private static void Pixel(KernelWriter writer, MaxPoolStep step, int bits, string first, string count)
    {
        string from = PackedPrinter.Address(bits, $"x + (iy * Pitch) + (ix * {step.Image.Pixel})", first);
        writer.Text(
            $$"""
            Unsafe.InitBlockUnaligned(best, 0, (uint){{count}});
            for (int iy = top; iy < bottom; iy += {{step.Window.Dilations[0]}})
            {
                for (int ix = left; ix < right; ix += {{step.Window.Dilations[1]}})
                {
                    {{writer.Use(PackedHelpers.Unpack(bits))}}({{from}}, {{count}}, codes);
                    {{writer.Use(MaxHelpers.Raise)}}(codes, best, {{count}});
                }
            }

            {{writer.Use(PackedHelpers.Pack(bits))}}(best, {{count}}, {{PackedPrinter.Address(bits, "result", first)}});
            """);
    }
}
