using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ResizeLayer"/>.</summary>
internal static class IntegerResize
{
    public static void Run(ResizeLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        var input = tensors.Shape(layer.Inputs[0]);
        var output = tensors.Shape(layer.Output);
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int channels = input[3];
        int i = 0;
        for (int n = 0; n < output[0]; n++)
        {
            for (int row = 0; row < output[1]; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                int top = ((n * input[1]) + layer.Rows.Low[row]) * input[2];
                int bottom = ((n * input[1]) + layer.Rows.High[row]) * input[2];
                int down = layer.Rows.Fraction[row], up = 1024 - down;
                for (int column = 0; column < output[2]; column++)
                {
                    int left = layer.Columns.Low[column], rightmost = layer.Columns.High[column];
                    int right = layer.Columns.Fraction[column], remaining = 1024 - right;
                    for (int c = 0; c < channels; c++, i++)
                    {
                        int upper = (x[((top + left) * channels) + c] * remaining) + (x[((top + rightmost) * channels) + c] * right);
                        int lower = (x[((bottom + left) * channels) + c] * remaining) + (x[((bottom + rightmost) * channels) + c] * right);
                        y[i] = (byte)(((upper * up) + (lower * down) + (1 << 19)) >> 20);
                    }
                }
            }
        }
    }
}
