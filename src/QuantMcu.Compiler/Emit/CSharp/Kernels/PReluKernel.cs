using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Two slopes, the negative one per channel.</summary>
internal static class PReluKernel
{
    public static void Print(KernelWriter writer, int index, PReluStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            string requantize = DeclareConstants(writer, index, step);
            if (step.Region is { } region)
            {
                Region(writer, region, requantize);
                return;
            }

            writer.Text(
                $$"""
                const int Channels = {{step.Channels}};
                for (int pixel = 0; pixel < {{step.Elements / step.Channels}}; pixel++, x += Channels, y += Channels)
                {
                    for (int c = 0; c < Channels; c++)
                    {
                        int difference = x[c] - ZeroPoint;
                        y[c] = difference >= 0
                            ? {{requantize}}(difference, Multiplier, positive)
                            : {{requantize}}(difference, multipliers[c], negative);
                    }
                }
                """);
        }
    }

    private static void Region(KernelWriter writer, RegionImages region, string requantize) =>
        RegionPrinter.Rows(writer, region, ["x"], (rows, y) => RegionPrinter.Channels(writer, region, rows, y, codes => writer.Text(
            $$"""
            int difference = {{codes[0]}} - ZeroPoint;
            {{y}}[c] = difference >= 0
                ? {{requantize}}(difference, Multiplier, positive)
                : {{requantize}}(difference, multipliers[c], negative);
            """)));

    /// <summary>Returns the name of the method that requantizes a difference.</summary>
    public static string DeclareConstants(KernelWriter writer, int index, PReluStep step)
    {
        int multiplier = step.Layer.Positive.Multiplier(0);
        writer.Text($"const int ZeroPoint = {step.ZeroPoint}, Multiplier = {multiplier};");
        writer.DeclareData(index, step);
        writer.Raw("int* multipliers = (int*)data;");
        writer.Text(RequantizeHelpers.Declare(step.Layer.Positive, "positive"));
        writer.Text(RequantizeHelpers.Declare(step.Layer.Negative, "negative"));
        return writer.Use(RequantizeHelpers.One);
    }
}
