using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Products of two matrices of packed activations.</summary>
internal static class PackedMatMulKernel
{
    public static void Print(KernelWriter writer, int index, MatMulStep step)
    {
        var layer = step.Layer;
        var packing = step.Packing!;
        using (writer.Method(index, step, "a", "b", "y"))
        {
            string requantize = MatMulKernel.DeclareConstants(writer, step);
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (writer.Block($"for (int row = 0; row < {layer.Batch} * M; row++)"))
            using (writer.Block($"for (int n = 0; n < N; n++)"))
            {
                string rowA = layer.SharedA ? "row % M" : "row";
                string rowB = layer.SharedB ? "k" : "(row / M * K) + k";
                writer.Text(
                    $$"""
                    int sum = 0;
                    for (int k = 0; k < K; k++)
                    {
                        int left = {{PackedPrinter.At(writer, packing.Inputs[0], "a", $"({rowA} * K) + k")}} - ZeroA;
                        int right = {{PackedPrinter.At(writer, packing.Inputs[1], "b", $"(({rowB}) * N) + n")}} - ZeroB;
                        sum += left * right;
                    }

                    """);
                PackedPrinter.Write(writer, packing.Output, $"{requantize}(sum, Multiplier, to)");
            }
        }
    }
}
