using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Two slopes, the negative one per channel.</summary>
internal static class PReluKernel
{
    public static void Print(KernelWriter writer, int index, PReluStep step)
    {
        string requantize = writer.Use(RequantizeHelpers.One);
        using (writer.Method(index, step, "x", "y"))
        {
            int multiplier = step.Layer.Positive.Multiplier(0);
            writer.Text($"const int Channels = {step.Channels}, ZeroPoint = {step.ZeroPoint}, Multiplier = {multiplier};");
            writer.DeclareData(index);
            writer.Raw("int* multipliers = (int*)data;");
            writer.Text(RequantizeHelpers.Declare(step.Layer.Positive, "positive"));
            writer.Text(RequantizeHelpers.Declare(step.Layer.Negative, "negative"));
            writer.Text(
                $$"""
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
}
