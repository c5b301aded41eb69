using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Index of the largest code.</summary>
internal static class ArgMaxKernel
{
    public static void Print(KernelWriter writer, int index, ArgMaxStep step)
    {
        var layer = step.Layer;
        using (writer.Method(index, step, "x", "y"))
        {
            writer.Text(
                $$"""
                const int Outer = {{layer.Outer}}, Length = {{layer.Length}}, Inner = {{layer.Inner}};
                for (int outer = 0; outer < Outer; outer++, x += Length * Inner, y += Inner)
                {
                    for (int inner = 0; inner < Inner; inner++)
                    {
                        int best = 0;
                        for (int i = 1; i < Length; i++)
                        {
                            if (x[(i * Inner) + inner] {{(layer.SelectLast ? ">=" : ">")}} x[(best * Inner) + inner])
                                best = i;
                        }

                        y[inner] = (byte)best;
                    }
                }
                """);
        }
    }
}
