using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="AveragePoolLayer"/>.</summary>
internal static class IntegerAveragePool
{
    public static void Run(AveragePoolLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        var input = tensors.Shape(layer.Inputs[0]);
        var output = tensors.Shape(layer.Output);
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int zero = tensors.ZeroPoint(layer.Inputs[0]);
        int channels = input[3];
        int pixel = 0;
        for (int n = 0; n < output[0]; n++)
        {
            for (int row = 0; row < output[1]; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                var rows = new TapRange(layer.Window, 0, row, input[1]);
                for (int column = 0; column < output[2]; column++, pixel++)
                {
                    var columns = new TapRange(layer.Window, 1, column, input[2]);
                    int taps = layer.CountIncludePad ? rows.PaddedCount * columns.PaddedCount : rows.Count * columns.Count;
                    for (int c = 0; c < channels; c++)
                    {
                        int accumulator = 0;
                        for (int iy = rows.Start; iy < rows.End; iy += rows.Step)
                        {
                            for (int ix = columns.Start; ix < columns.End; ix += columns.Step)
                                accumulator += x[(((((n * input[1]) + iy) * input[2]) + ix) * channels) + c] - zero;
                        }

                        y[(pixel * channels) + c] = (byte)layer.Requantization.Apply(accumulator, taps - 1);
                    }
                }
            }
        }
    }
}
