using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Mean, sum or largest code along an axis.</summary>
internal static class ReduceKernel
{
    public static void Print(KernelWriter writer, int index, ReduceStep step)
    {
        var layer = step.Layer;
        bool max = layer.Kind == ReduceKind.Max;
        using (writer.Method(index, step, "x", "y"))
        {
            writer.Text($"const int Outer = {layer.Outer}, Length = {layer.Length}, Inner = {layer.Inner};");
            if (!max)
            {
                writer.Text($"const int ZeroPoint = {step.ZeroPoint}, Multiplier = {layer.Requantization.Multiplier(0)};");
                writer.Text(RequantizeHelpers.Declare(layer.Requantization));
            }

            using (writer.Block($"for (int outer = 0; outer < Outer; outer++, x += Length * Inner, y += Inner)"))
            {
                if (max)
                    Max(writer, step);
                else
                    Sum(writer);
            }
        }
    }

    private static void Max(KernelWriter writer, ReduceStep step) => writer.Text(
        $$"""
        for (int inner = 0; inner < Inner; inner++)
        {
            int top = {{step.Layer.Requantization.Min}};
            for (int i = 0; i < Length; i++)
                top = Math.Max(top, x[(i * Inner) + inner]);

            y[inner] = (byte)Math.Min(top, {{step.Layer.Requantization.Max}});
        }
        """);

    private static void Sum(KernelWriter writer) => writer.Text(
        $$"""
        for (int inner = 0; inner < Inner; inner++)
        {
            int sum = -Length * ZeroPoint;
            for (int i = 0; i < Length; i++)
                sum += x[(i * Inner) + inner];

            y[inner] = {{writer.Use(RequantizeHelpers.One)}}(sum, Multiplier, to);
        }
        """);
}
