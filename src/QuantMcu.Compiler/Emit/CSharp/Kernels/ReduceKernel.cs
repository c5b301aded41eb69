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
                DeclareRequantization(writer, step);
                writer.Text($"int* sums = stackalloc int[{SumHelpers.Block}];");
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

    public static void DeclareRequantization(KernelWriter writer, ReduceStep step)
    {
        writer.Text($"const int ZeroPoint = {step.ZeroPoint}, Multiplier = {step.Layer.Requantization.Multiplier(0)};");
        writer.Text(RequantizeHelpers.Declare(step.Layer.Requantization));
    }

    private static void Max(KernelWriter writer, ReduceStep step)
    {
        writer.Text(
            $$"""
            Unsafe.InitBlockUnaligned(y, {{step.Layer.Requantization.Min}}, Inner);
            for (int i = 0; i < Length; i++)
                {{writer.Use(MaxHelpers.Raise)}}(x + (i * Inner), y, Inner);
            """);
        if (step.Layer.Requantization.Max == 255)
            return;

        writer.Line();
        writer.Text(
            $$"""
            for (int inner = 0; inner < Inner; inner++)
                y[inner] = Math.Min(y[inner], (byte){{step.Layer.Requantization.Max}});
            """);
    }

    private static void Sum(KernelWriter writer) => writer.Text(
        $$"""
        for (int first = 0; first < Inner; first += {{SumHelpers.Block}})
        {
            int channels = Math.Min({{SumHelpers.Block}}, Inner - first);
            {{writer.Use(SumHelpers.Sum)}}(x + first, 1, 0, Length, Inner, channels, sums);
            for (int c = 0; c < channels; c++)
                y[first + c] = {{writer.Use(RequantizeHelpers.One)}}(sums[c] - (Length * ZeroPoint), Multiplier, to);
        }
        """);
}
