using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Mean of every window; the data is a multiplier per count of taps.</summary>
internal static class AveragePoolKernel
{
    public static void Print(KernelWriter writer, int index, AveragePoolStep step)
    {
        string requantize = writer.Use(RequantizeHelpers.One);
        string pixel = step.Packing is null ? "Channels" : FormattableString.Invariant($"{step.Image.Pixel}");
        var window = step.Window;
        using (writer.Method(index, step, "x", "y"))
        {
            WindowPrinter.Constants(writer, step, step.Image, step.Result);
            writer.Text(
                $$"""
                const int ZeroPoint = {{step.ZeroPoint}};
                const int RowStep = {{window.Dilations[0]}} * Pitch, ColumnStep = {{window.Dilations[1]}} * {{pixel}};
                """);
            PackedSums.DeclareTiles(writer, step.Packing?.Output.Bits ?? 8);
            writer.DeclareData(index, step);
            writer.Raw("int* multipliers = (int*)data;");
            writer.Text(RequantizeHelpers.Declare(step.Requantization));
            using (writer.Batch(step.Image, step.Result))
            {
                WindowPrinter.Pixels(writer, step, step.Result, window, () =>
                {
                    writer.Text($"int rows = {Taps("top", "bottom", 0)}, columns = {Taps("left", "right", 1)};");
                    string taps = step.CountIncludePad ? PaddedTaps(0) + " * " + PaddedTaps(1) : "rows * columns";
                    writer.Text($"int taps = {taps};");
                    if (step.Packing is { } packing)
                    {
                        PackedSums.Print(
                            writer, packing.Inputs[0].Bits, packing.Output.Bits, "Channels", $"x + (top * Pitch) + (left * {pixel})",
                            "rows, RowStep, columns, ColumnStep", "result", "rows * columns * ZeroPoint", "multipliers[taps - 1]");
                        return;
                    }

                    writer.Text(
                        $$"""
                        for (int first = 0; first < Channels; first += {{SumHelpers.Block}})
                        {
                            int channels = Math.Min({{SumHelpers.Block}}, Channels - first);
                            byte* from = x + (top * Pitch) + (left * Channels) + first;
                            {{writer.Use(SumHelpers.Sum)}}(from, rows, RowStep, columns, ColumnStep, channels, sums);
                            for (int c = 0; c < channels; c++)
                                result[first + c] =
                                    {{requantize}}(sums[c] - (rows * columns * ZeroPoint), multipliers[taps - 1], to);
                        }
                        """);
                });
            }
        }

        string Taps(string start, string end, int axis) => window.Dilations[axis] == 1
            ? $"({end} - {start})"
            : $"(({end} - {start} + {window.Dilations[axis] - 1}) / {window.Dilations[axis]})";

        string PaddedTaps(int axis)
        {
            string first = axis == 0 ? "firstRow" : "firstColumn", size = axis == 0 ? "Height" : "Width";
            int dilation = window.Dilations[axis];
            string end = $"Math.Min({first} + {window.Extent(axis)}, {size} + {window.PadsEnd[axis]})";
            return $"(({end} - {first} + {dilation - 1}) / {dilation})";
        }
    }
}
