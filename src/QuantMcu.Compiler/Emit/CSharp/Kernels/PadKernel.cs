using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Padding: tables say where each output index reads.</summary>
internal static class PadKernel
{
    private static readonly Helper FillLines = new(
        "FillLines",
        """
        /// <summary>Fills lines whose last byte has unused bits.</summary>
        private static void FillLines(byte* y, int lines, int pitch, byte fill, byte last)
        {
            Unsafe.InitBlockUnaligned(y, fill, (uint)(lines * pitch));
            for (int line = 1; line <= lines; line++)
                y[(line * pitch) - 1] = last;
        }
        """);

    public static void Print(KernelWriter writer, int index, PadStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            if (step.Region is { } region)
            {
                Region(writer, step, region);
                return;
            }

            if (step.Sizes.Length == 0)
            {
                writer.Text($"Unsafe.CopyBlockUnaligned(y, x, {step.Run});");
                return;
            }

            writer.DeclareData(index, step);
            using var loops = Loops(writer, step);
            var axes = Enumerable.Range(0, step.Sizes.Length).Select(axis => "from" + axis.ToString(CultureInfo.InvariantCulture))
                .ToArray();
            writer.Text(
                $$"""
                if (({{string.Join(" | ", axes)}}) >= 0)
                    Unsafe.CopyBlockUnaligned(y, x + {{string.Join(" + ", axes)}}, {{step.Run}});
                else
                    {{Fill(writer, step, "y", step.Run)}};

                y += {{step.Run}};
                """);
        }
    }

    /// <summary>Rows, columns and channels of an image; negative numbers of them are cut off.</summary>
    private static void Region(KernelWriter writer, PadStep step, RegionImages region)
    {
        var (image, result) = (region.Inputs[0], region.Output);
        int before = Math.Max(step.Begin[3], 0), skipped = Math.Max(-step.Begin[3], 0);
        int copied = Math.Max(Math.Min(image.Channels - skipped, result.Channels - before), 0);
        using (writer.Block($"for (int oy = region.Top; oy < region.Bottom; oy++)"))
        {
            writer.Text(
                $$"""
                int iy = oy - {{step.Begin[1]}};
                byte* result = {{RegionPrinter.RowStart(step, result)}};
                """);
            using (writer.Block($"for (int ox = region.Left; ox < region.Right; ox++, result += {result.Pixel})"))
            {
                writer.Text(
                    $$"""
                    int ix = ox - {{step.Begin[2]}};
                    bool inside = (uint)iy < {{image.Height}} && (uint)ix < {{image.Width}};
                    """);
                if (copied < result.Channels)
                    writer.Text($"{Fill(writer, step, "result", result.Channels)};");

                writer.Text(
                    $$"""
                    if (inside)
                        Unsafe.CopyBlockUnaligned(result + {{before}}, x + (iy * {{image.Pitch}}) + (ix * {{image.Pixel}}) + {{skipped}}, {{copied}});
                    """);
                if (copied == result.Channels)
                {
                    writer.Text(
                        $$"""
                        else
                            {{Fill(writer, step, "result", result.Channels)}};
                        """);
                }
            }
        }
    }

    /// <summary>Opens the loops over the padded axes; each declares where its index reads: <c>from0</c>, <c>from1</c>, ..</summary>
    public static IDisposable Loops(KernelWriter writer, PadStep step)
    {
        var scopes = new Stack<IDisposable>();
        for (int axis = 0; axis < step.Sizes.Length; axis++)
        {
            scopes.Push(writer.Block($"for (int i{axis} = 0; i{axis} < {step.Sizes[axis]}; i{axis}++)"));
            writer.Text($"int from{axis} = ((int*)(data + {step.TableOffsets[axis]}))[i{axis}];");
        }

        return new Scopes(scopes);
    }

    private static string Fill(KernelWriter writer, PadStep step, string y, int bytes) => FormattableString.Invariant(
        step.PartialLine == 0
            ? (FormattableString)$"Unsafe.InitBlockUnaligned({y}, {step.Fill}, {bytes})"
            : $"{writer.Use(FillLines)}({y}, {bytes / step.PartialLine}, {step.PartialLine}, {step.Fill}, {step.PartialFill})");
}
