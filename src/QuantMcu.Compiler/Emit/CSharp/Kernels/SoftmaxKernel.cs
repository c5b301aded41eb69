using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Softmax and LogSoftmax, by tables and int32.</summary>
internal static class SoftmaxKernel
{
    public static void Print(KernelWriter writer, int index, SoftmaxStep step)
    {
        var layer = step.Layer;
        using (writer.Method(index, step, "x", "y"))
        {
            writer.Text($"const int Outer = {layer.Outer}, Length = {layer.Length}, Inner = {layer.Inner};");
            writer.DeclareData(index, step);
            writer.Raw("int* exponentials = (int*)data;");
            if (layer.Log is not null)
                writer.Text($"int* logarithms = (int*)(data + {step.LogarithmsOffset});");

            writer.Text(
                $$"""
                for (int line = 0; line < Outer * Inner; line++)
                {
                    int start = ((line / Inner) * Length * Inner) + (line % Inner);
                    int top = 0;
                    for (int i = 0; i < Length; i++)
                        top = Math.Max(top, {{X("start + (i * Inner)")}});

                    int sum = 0;
                    for (int i = 0; i < Length; i++)
                        sum += exponentials[top - {{X("start + (i * Inner)")}}];

                """);
            if (layer.Log is { } log)
                LogEnd(writer, log, X("at"));
            else
                End(writer, X("at"));
        }

        string X(string at) => step.Packing is { } packing ? PackedPrinter.At(writer, packing.Inputs[0], "x", at) : $"x[{at}]";
    }

    private static void End(KernelWriter writer, string code) => writer.Text(
        $$"""
            for (int i = 0; i < Length; i++)
            {
                int at = start + (i * Inner);
                y[at] = (byte)Math.Min(255, ((exponentials[top - {{code}}] * 256) + (sum / 2)) / sum);
            }
        }
        """);

    private static void LogEnd(KernelWriter writer, LogSoftmaxTable log, string code) => writer.Text(
        $$"""
            int highest = BitOperations.Log2((uint)sum);
            int after = (highest >= 8 ? sum >> (highest - 8) : sum << (8 - highest)) & 255;
            int logarithm = ((highest - {{log.ExponentBits}}) * {{log.Octave}}) + logarithms[after];
            for (int i = 0; i < Length; i++)
            {
                int at = start + (i * Inner);
                int fall = (({{log.Step}} * (top - {{code}})) + logarithm + {{1 << (log.Shift - 1)}}) >> {{log.Shift}};
                y[at] = (byte)Math.Min(Math.Max({{log.ZeroPoint}} - fall, 0), 255);
            }
        }
        """);
}
