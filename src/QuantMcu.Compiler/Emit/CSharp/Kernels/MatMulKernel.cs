using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Products of two matrices of activations.</summary>
internal static class MatMulKernel
{
    public static void Print(KernelWriter writer, int index, MatMulStep step)
    {
        var layer = step.Layer;
        using (writer.Method(index, step, "a", "b", "y"))
        {
            string requantize = DeclareConstants(writer, step);
            string stepA = layer.SharedA ? "0" : "M * K", stepB = layer.SharedB ? "0" : "K * N";
            writer.Text(
                $$"""
                for (int batch = 0; batch < {{layer.Batch}}; batch++, a += {{stepA}}, b += {{stepB}})
                {
                    for (int m = 0; m < M; m++, y += N)
                    {
                        for (int n = 0; n < N; n++)
                        {
                            int sum = 0;
                            for (int k = 0; k < K; k++)
                                sum += (a[(m * K) + k] - ZeroA) * (b[(k * N) + n] - ZeroB);

                            y[n] = {{requantize}}(sum, Multiplier, to);
                        }
                    }
                }
                """);
        }
    }

    /// <summary>Returns the name of the method that requantizes a sum.</summary>
    public static string DeclareConstants(KernelWriter writer, MatMulStep step)
    {
        var layer = step.Layer;
        writer.Text(
            $$"""
            const int M = {{layer.M}}, K = {{layer.K}}, N = {{layer.N}};
            const int ZeroA = {{step.ZeroA}}, ZeroB = {{step.ZeroB}}, Multiplier = {{layer.Requantization.Multiplier(0)}};
            """);
        writer.Text(RequantizeHelpers.Declare(layer.Requantization));
        return writer.Use(RequantizeHelpers.One);
    }
}
