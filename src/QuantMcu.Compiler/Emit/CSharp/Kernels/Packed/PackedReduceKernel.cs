using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Mean, sum or largest of packed codes along an axis.</summary>
internal static class PackedReduceKernel
{
    public static void Print(KernelWriter writer, int index, ReduceStep step)
    {
        var layer = step.Layer;
        bool max = layer.Kind == ReduceKind.Max;
        var packing = step.Packing!;
        using (writer.Method(index, step, "x", "y"))
        {
            if (!max)
                ReduceKernel.DeclareRequantization(writer, step);

            if (!max && SumsLines(step))
            {
                SumLines(writer, step);
                return;
            }

            writer.Text($"const int Outer = {layer.Outer}, Length = {layer.Length}, Inner = {layer.Inner};");
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (writer.Block($"for (int outer = 0; outer < Outer; outer++)"))
            using (writer.Block($"for (int inner = 0; inner < Inner; inner++)"))
            {
                string code = PackedPrinter.At(writer, packing.Inputs[0], "x", "(((outer * Length) + i) * Inner) + inner");
                string combine = max ? $"all = Math.Max(all, {code})" : $"all += {code} - ZeroPoint";
                writer.Text(
                    $$"""
                    int all = {{(max ? layer.Requantization.Min : 0)}};
                    for (int i = 0; i < Length; i++)
                        {{combine}};

                    """);
                PackedPrinter.Write(writer, packing.Output, max
                    ? $"Math.Min(all, {layer.Requantization.Max})"
                    : $"{writer.Use(RequantizeHelpers.One)}(all, Multiplier, to)");
            }
        }
    }

    /// <summary>Whole lines are summed, and the sums make lines again: the mean of an image, for one.</summary>
    private static bool SumsLines(ReduceStep step)
    {
        int line = step.Packing!.Inputs[0].Line;
        return step.Layer.Inner % line == 0 && step.Packing.Output.Line == line;
    }

    private static void SumLines(KernelWriter writer, ReduceStep step)
    {
        CodeLayout input = step.Packing!.Inputs[0], output = step.Packing.Output;
        writer.Text(
            $$"""
            const int Outer = {{step.Layer.Outer}}, Length = {{step.Layer.Length}}, LinesInner = {{step.Layer.Inner / input.Line}};
            const int Line = {{input.Line}}, Pitch = {{input.Pitch}};
            """);
        PackedSums.DeclareTiles(writer, output.Bits);
        using (writer.Block($"for (int outer = 0; outer < Outer; outer++, x += (Length - 1) * LinesInner * Pitch)"))
        using (writer.Block($"for (int inner = 0; inner < LinesInner; inner++, x += Pitch, y += {output.Pitch})"))
        {
            PackedSums.Print(
                writer, input.Bits, output.Bits, "Line", "x", "Length, LinesInner * Pitch, 1, 0", "y",
                "Length * ZeroPoint", "Multiplier");
        }
    }
}
