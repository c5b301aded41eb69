using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Largest code of every window.</summary>
internal static class MaxPoolKernel
{
    public static void Print(KernelWriter writer, int index, MaxPoolStep step)
    {
        string raise = writer.Use(MaxHelpers.Raise);
        using (writer.Method(index, step, "x", "y"))
        {
            WindowPrinter.Constants(writer, step, step.Image, step.Result);
            using (writer.Batch(step.Image, step.Result))
            {
                WindowPrinter.Pixels(writer, step, step.Result, step.Window, () => writer.Text(
                    $$"""
                    Unsafe.InitBlockUnaligned(result, 0, Channels);
                    for (int iy = top; iy < bottom; iy += {{step.Window.Dilations[0]}})
                    {
                        for (int ix = left; ix < right; ix += {{step.Window.Dilations[1]}})
                            {{raise}}(x + (iy * Pitch) + (ix * Channels), result, Channels);
                    }
                    """));
            }
        }
    }
}
