using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Products of two tensors.</summary>
internal static class MulKernel
{
    public static void Print(KernelWriter writer, int index, MulStep step)
    {
        using (writer.Method(index, step, "a", "b", "y"))
        {
            string requantize = DeclareConstants(writer, step);
            if (step.Region is { } region)
            {
                Region(writer, region, requantize);
                return;
            }

            NestPrinter.Print(writer, step.Loops, ["a", "b"], rows => writer.Text(
                $$"""
                for (int i = 0; i < {{step.Loops.Row}}; i++)
                {
                    int left = {{NestPrinter.At(rows[0], step.Loops.RowStride(0))}} - ZeroA;
                    int right = {{NestPrinter.At(rows[1], step.Loops.RowStride(1))}} - ZeroB;
                    y[i] = {{requantize}}(left * right, Multiplier, to);
                }
                """));
        }
    }

    private static void Region(KernelWriter writer, RegionImages region, string requantize) =>
        RegionPrinter.Rows(writer, region, ["a", "b"], (rows, y) => RegionPrinter.Channels(writer, region, rows, y, codes =>
            writer.Text($"{y}[c] = {requantize}(({codes[0]} - ZeroA) * ({codes[1]} - ZeroB), Multiplier, to);")));

    /// <summary>Returns the name of the method that requantizes a product.</summary>
    public static string DeclareConstants(KernelWriter writer, MulStep step)
    {
        int multiplier = step.Requantization.Multiplier(0);
        writer.Text($"const int ZeroA = {step.ZeroA}, ZeroB = {step.ZeroB}, Multiplier = {multiplier};");
        writer.Text(RequantizeHelpers.Declare(step.Requantization));
        return writer.Use(RequantizeHelpers.One);
    }
}
