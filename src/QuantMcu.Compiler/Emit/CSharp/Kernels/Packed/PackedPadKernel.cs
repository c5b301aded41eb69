using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Padding of packed lines themselves, code by code.</summary>
internal static class PackedPadKernel
{
    public static void Print(KernelWriter writer, int index, PadStep step)
    {
        var packing = step.Packing!;
        using (writer.Method(index, step, "x", "y"))
        {
            if (step.Region is { } region)
            {
                Region(writer, step, region);
                return;
            }

            writer.DeclareData(index, step);
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (PadKernel.Loops(writer, step))
            {
                var axes = Enumerable.Range(0, step.Sizes.Length).Select(axis => "from" + axis.ToString(CultureInfo.InvariantCulture))
                    .ToArray();
                string code = PackedPrinter.At(writer, packing.Inputs[0], "x", string.Join(" + ", axes));
                PackedPrinter.Write(writer, packing.Output, $"(({string.Join(" | ", axes)}) >= 0 ? {code} : {step.Code})");
            }
        }
    }

    private static void Region(KernelWriter writer, PadStep step, RegionImages region)
    {
        var (image, packing) = (region.Inputs[0], step.Packing!);
        using (writer.Block($"for (int oy = region.Top; oy < region.Bottom; oy++)"))
        {
            writer.Text($"int iy = oy - {step.Begin[1]};");
            PackedPrinter.DeclareResult(writer, packing.Output, RegionPrinter.RowStart(step, region.Output));
            using (writer.Block($"for (int ox = region.Left; ox < region.Right; ox++)"))
            {
                writer.Text(
                    $$"""
                    int ix = ox - {{step.Begin[2]}};
                    bool inside = (uint)iy < {{image.Height}} && (uint)ix < {{image.Width}};
                    byte* pixel = x + (iy * {{image.Pitch}}) + (ix * {{image.Pixel}});
                    """);
                using (writer.Block($"for (int c = {-step.Begin[3]}; c < {region.Output.Channels - step.Begin[3]}; c++)"))
                {
                    string code = PackedPrinter.InLine(writer, packing.Inputs[0].Bits, "pixel", "c");
                    PackedPrinter.Write(writer, packing.Output, $"(inside && (uint)c < {image.Channels} ? {code} : {step.Code})");
                }
            }
        }
    }
}
