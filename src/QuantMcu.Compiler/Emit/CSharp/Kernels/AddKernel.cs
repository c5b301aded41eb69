using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Sums with scales: int32 throughout.</summary>
internal static class AddKernel
{
    public static void Print(KernelWriter writer, int index, AddStep step)
    {
        var layer = step.Layer;
        using (writer.Method(index, step, "a", "b", "y"))
        {
            writer.Text(
                $$"""
                const int MultiplierA = {{layer.MultiplierA}}, MultiplierB = {{layer.MultiplierB}}, Addend = {{layer.Addend}}, Shift = {{layer.Shift}};
                """);
            NestPrinter.Print(writer, step.Loops, ["a", "b"], rows => writer.Text(
                $$"""
                for (int i = 0; i < {{step.Loops.Row}}; i++)
                {
                    int sum = ({{NestPrinter.At(rows[0], step.Loops.RowStride(0))}} * MultiplierA) + ({{NestPrinter.At(rows[1], step.Loops.RowStride(1))}} * MultiplierB) + Addend;
                    y[i] = (byte)Math.Min(Math.Max(sum >> Shift, {{layer.Min}}), {{layer.Max}});
                }
                """));
        }
    }
}
