using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Mean of every window; the data is a multiplier per count of taps.</summary>
internal static class AveragePoolKernel
{
    public static void Print(KernelWriter writer, int index, AveragePoolStep step)
    {
        string requantize = writer.Use(RequantizeHelpers.One);
        var window = step.Window;
        using (writer.Method(index, step, "x", "y"))
        {
            WindowPrinter.Constants(writer, step.Image, step.Result, window);
            writer.Text($"const int ZeroPoint = {step.ZeroPoint};");
            writer.DeclareData(index);
            writer.Raw("int* multipliers = (int*)data;");
            writer.Text(RequantizeHelpers.Declare(step.Requantization));
            using (writer.Batch(step.Image, step.Result))
            {
                writer.Raw("byte* result = y;");
                WindowPrinter.Pixels(writer, window, () =>
                {
                    writer.Text($"int inside = {Taps("top", "bottom", 0)} * {Taps("left", "right", 1)};");
                    writer.Text($"int taps = {(step.CountIncludePad ? $"{PaddedTaps(0)} * {PaddedTaps(1)}" : "inside")};");
                    writer.Text(
                        $$"""
                        for (int c = 0; c < Channels; c++)
                        {
                            int sum = -inside * ZeroPoint;
                            for (int iy = top; iy < bottom; iy += {{window.Dilations[0]}})
                            {
                                for (int ix = left; ix < right; ix += {{window.Dilations[1]}})
                                    sum += x[(((iy * Width) + ix) * Channels) + c];
                            }

                            result[c] = {{requantize}}(sum, multipliers[taps - 1], to);
                        }

                        result += Channels;
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
            return $"((Math.Min({first} + {window.Extent(axis)}, {size} + {window.PadsEnd[axis]}) - {first} + {dilation - 1}) / {dilation})";
        }
    }
}
