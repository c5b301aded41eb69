using System;
using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ConvLayer"/>.</summary>
internal static class IntegerConv
{
    public static void Run(ConvLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        var input = tensors.Shape(layer.Inputs[0]);
        var output = tensors.Shape(layer.Output);
        byte[] x = tensors.Codes(layer.Inputs[0]);
        byte[] y = tensors.Codes(layer.Output);
        int channels = input[3], outputs = output[3];
        var patch = new byte[layer.Window.Taps * channels];

        int pixel = 0;
        for (int n = 0; n < output[0]; n++)
        {
            for (int row = 0; row < output[1]; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int column = 0; column < output[2]; column++, pixel++)
                {
                    Gather(layer, x, n * input[1] * input[2] * channels, input[1], input[2], row, column, patch);
                    Products(layer, patch, y, pixel * outputs);
                }
            }
        }
    }

    /// <summary>Copies the codes under the window, padding included, as [group, kernel row, kernel column, channel of the group].</summary>
    private static void Gather(ConvLayer layer, byte[] x, int image, int height, int width, int row, int column, byte[] patch)
    {
        var window = layer.Window;
        int channels = layer.PadCodes.Length;
        int perGroup = channels / layer.Groups;
        int taps = window.Taps;
        int tap = 0;
        for (int ky = 0; ky < window.Kernel[0]; ky++)
        {
            int iy = (row * window.Strides[0]) - window.PadsBegin[0] + (ky * window.Dilations[0]);
            for (int kx = 0; kx < window.Kernel[1]; kx++, tap++)
            {
                int ix = (column * window.Strides[1]) - window.PadsBegin[1] + (kx * window.Dilations[1]);
                bool inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
                byte[] source = inside ? x : layer.PadCodes;
                int offset = inside ? image + (((iy * width) + ix) * channels) : 0;
                if (perGroup == 1)
                {
                    for (int c = 0; c < channels; c++)
                        patch[(c * taps) + tap] = source[offset + c];
                }
                else
                {
                    for (int g = 0; g < layer.Groups; g++)
                        Array.Copy(source, offset + (g * perGroup), patch, ((g * taps) + tap) * perGroup, perGroup);
                }
            }
        }
    }

    private static void Products(ConvLayer layer, byte[] patch, byte[] y, int pixel)
    {
        int outputs = layer.Bias.Length;
        int outputsPerGroup = outputs / layer.Groups;
        int length = patch.Length / layer.Groups;
        for (int m = 0; m < outputs; m++)
        {
            var weights = new ReadOnlySpan<sbyte>(layer.Weights, m * length, length);
            var codes = new ReadOnlySpan<byte>(patch, m / outputsPerGroup * length, length);
            y[pixel + m] = (byte)layer.Requantization.Apply(layer.Bias[m] + DotProduct.Of(weights, codes), m);
        }
    }
}
