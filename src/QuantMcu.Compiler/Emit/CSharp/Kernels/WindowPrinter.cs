using System;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Loops over the pixels of a pooled image, with the part of each window that lies inside.</summary>
internal static class WindowPrinter
{
    public static void Constants(KernelWriter writer, Step step, ImageShape image, ImageShape result)
    {
        writer.Text(
            $"const int Height = {image.Height}, Width = {image.Width}, Channels = {image.Channels}, Pitch = {image.Pitch};");
        if (step.Region is null)
            writer.Text($"const int ResultHeight = {result.Height}, ResultWidth = {result.Width};");
    }

    /// <summary>
    /// Taps inside are at rows top, top + dilation, .. below bottom, columns likewise from left to right; firstRow and
    /// firstColumn are the window's own corner; result is where the pixel is written.
    /// </summary>
    public static void Pixels(KernelWriter writer, Step step, ImageShape image, Window window, Action pixel)
    {
        string pixelBytes = step.Packing is null ? "Channels" : FormattableString.Invariant($"{image.Pixel}");
        using (writer.Block($"{RegionPrinter.RowLoop(step)}"))
        {
            Range(writer, window, 0, "oy", "firstRow", "top", "bottom", "Height");
            writer.Text($"byte* result = {RegionPrinter.RowStart(step, image)};");
            using (writer.Block($"{RegionPrinter.ColumnLoop(step, ", result += " + pixelBytes)}"))
            {
                Range(writer, window, 1, "ox", "firstColumn", "left", "right", "Width");
                pixel();
            }
        }
    }

    private static void Range(
        KernelWriter writer, Window window, int axis, string output, string first, string start, string end, string size)
    {
        int dilation = window.Dilations[axis], extent = window.Extent(axis);
        writer.Text(
            $$"""
            int {{first}} = ({{output}} * {{window.Strides[axis]}}) - {{window.PadsBegin[axis]}};
            int {{end}} = Math.Min({{first}} + {{extent}}, {{size}});
            """);
        if (dilation == 1)
            writer.Text($"int {start} = Math.Max({first}, 0);");
        else
        {
            string skipped = $"((-{first} + {dilation - 1}) / {dilation} * {dilation})";
            writer.Text($"int {start} = {first} >= 0 ? {first} : {first} + {skipped};");
        }
    }
}
