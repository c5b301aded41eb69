using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="MatMulLayer"/>.</summary>
internal static class IntegerMatMul
{
    public static void Run(MatMulLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        byte[] a = tensors.Codes(layer.Inputs[0]), b = tensors.Codes(layer.Inputs[1]), y = tensors.Codes(layer.Output);
        int zeroA = tensors.ZeroPoint(layer.Inputs[0]), zeroB = tensors.ZeroPoint(layer.Inputs[1]);
        for (int batch = 0; batch < layer.Batch; batch++)
        {
            int matrixA = layer.SharedA ? 0 : batch * layer.M * layer.K;
            int matrixB = layer.SharedB ? 0 : batch * layer.K * layer.N;
            for (int m = 0; m < layer.M; m++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int n = 0; n < layer.N; n++)
                {
                    int accumulator = 0;
                    for (int k = 0; k < layer.K; k++)
                        accumulator += (a[matrixA + (m * layer.K) + k] - zeroA) * (b[matrixB + (k * layer.N) + n] - zeroB);

                    y[(((batch * layer.M) + m) * layer.N) + n] = (byte)layer.Requantization.Apply(accumulator, 0);
                }
            }
        }
    }
}
