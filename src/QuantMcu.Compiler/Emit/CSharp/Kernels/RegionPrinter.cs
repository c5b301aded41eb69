using System;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Loops over a region of an image: rows of neighbouring pixels.</summary>
internal static class RegionPrinter
{
    public static readonly Helper Region = new(
        "Region",
        """
        /// <summary>
        /// The part of its result that a kernel computes: rows Top .. Bottom - 1, columns Left .. Right - 1. Pointers to images stand for
        /// row 0, column 0, whichever part of the image is in memory.
        /// </summary>
        private struct Region
        {
            public int Top, Bottom, Left, Right;
        }
        """);

    /// <summary>Row loop of a kernel; without a region it covers the constant <c>ResultHeight</c>.</summary>
    public static string RowLoop(Step step) => step.Region is null
        ? "for (int oy = 0; oy < ResultHeight; oy++)"
        : "for (int oy = region.Top; oy < region.Bottom; oy++)";

    /// <summary>Column loop of a kernel; without a region it covers the constant <c>ResultWidth</c>.</summary>
    public static string ColumnLoop(Step step, string moving = "") => step.Region is null
        ? $"for (int ox = 0; ox < ResultWidth; ox++{moving})"
        : $"for (int ox = region.Left; ox < region.Right; ox++{moving})";

    /// <summary>Where the first pixel of row <c>oy</c> is written.</summary>
    public static string RowStart(Step step, ImageShape result) =>
        FormattableString.Invariant($"y + (oy * {result.Pitch})")
        + (step.Region is null ? "" : FormattableString.Invariant($" + (region.Left * {result.Pixel})"));

    /// <summary>A region as a local, <c>region</c>: the parameter where there is one, else the whole result.</summary>
    public static void DeclareWhole(KernelWriter writer, Step step, ImageShape result)
    {
        if (step.Region is null)
            writer.Text($"var region = new {writer.Use(Region)} {{ Top = 0, Bottom = {result.Height}, Left = 0, Right = {result.Width} }};");
    }

    /// <summary>Prints what happens to a row of <c>pixels</c> pixels, given the names of pointers to the operands' first pixels and the result's.</summary>
    public static void Rows(KernelWriter writer, RegionImages region, string[] operands, Action<string[], string> row)
    {
        writer.Raw("int pixels = region.Right - region.Left;");
        using (writer.Block($"for (int oy = region.Top; oy < region.Bottom; oy++)"))
        {
            var names = operands.Select((operand, i) => region.Inputs[i].Pixel == 0 ? operand : operand + "Row").ToArray();
            for (int i = 0; i < operands.Length; i++)
            {
                if (names[i] != operands[i])
                    writer.Text($"byte* {names[i]} = {operands[i]} + (oy * {region.Inputs[i].Pitch}) + (region.Left * {region.Inputs[i].Pixel});");
            }

            writer.Text($"byte* yRow = y + (oy * {region.Output.Pitch}) + (region.Left * {region.Output.Pixel});");
            row(names, "yRow");
        }
    }

    /// <summary>
    /// Prints what happens to a row pixel by pixel and channel by channel, given expressions for the operands' codes at channel <c>c</c>; operands of one
    /// channel, or one pixel, serve all.
    /// </summary>
    public static void Channels(KernelWriter writer, RegionImages region, string[] rows, string y, Action<string[]> element)
    {
        var moving = rows.Select((name, i) => (Name: name, region.Inputs[i].Pixel)).Where(operand => operand.Pixel != 0)
            .Append((y, region.Output.Pixel)).Select(operand => FormattableString.Invariant($", {operand.Item1} += {operand.Item2}"));
        using (writer.Block($"for (int p = 0; p < pixels; p++{string.Concat(moving)})"))
        using (writer.Block($"for (int c = 0; c < {region.Output.Channels}; c++)"))
            element(rows.Select((name, i) => name + (region.Inputs[i].Channels == 1 ? "[0]" : "[c]")).ToArray());
    }
}
