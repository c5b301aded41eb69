using System;
using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="MaxPoolLayer"/>.</summary>
internal static class IntegerMaxPool
{
    public static void Run(MaxPoolLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        var input = tensors.Shape(layer.Inputs[0]);
        var output = tensors.Shape(layer.Output);
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
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
                    for (int c = 0; c < channels; c++)
                    {
                        int top = 0;
                        for (int iy = rows.Start; iy < rows.End; iy += rows.Step)
                        {
                            for (int ix = columns.Start; ix < columns.End; ix += columns.Step)
                                top = Math.Max(top, x[(((((n * input[1]) + iy) * input[2]) + ix) * channels) + c]);
                        }

                        y[(pixel * channels) + c] = (byte)top;
                    }
                }
            }
        }
    }
}
