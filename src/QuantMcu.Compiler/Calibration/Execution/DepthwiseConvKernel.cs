using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Convolution of every channel by itself, vectorised over channels: weights [taps, C]. Padding is a pixel of its own that taps
/// outside the image point to.
/// </summary>
internal sealed unsafe class DepthwiseConvKernel : FloatKernel
{
    private readonly ImageWindow window;
    private readonly float[] weights;
    private readonly float[] bias;
    private readonly float[] padding;
    private readonly Clamp clamp;

    private DepthwiseConvKernel(Conv conv, ImageWindow window, float[] weights, float[] bias)
    {
        this.window = window;
        this.weights = Transpose(weights, window.Channels, window.Taps);
        this.bias = bias;
        padding = ConvKernel.PaddingOf(conv, window.Channels);
        clamp = conv.Clamp;
    }

    public static DepthwiseConvKernel? TryCreate(Conv conv, KernelRequest request)
    {
        var window = ImageWindow.TryCreate(conv.Window, conv.Layout, request.Input(0), request.Output);
        if (window is null || conv.Groups != window.Channels || window.OutputChannels != window.Channels)
            return null;

        return ConvKernel.WeightsOf(request) is { } constants
            ? new DepthwiseConvKernel(conv, window, constants.Weights, constants.Bias)
            : null;
    }

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        var taps = new float*[window.Taps];
        fixed (float* x = inputs[0], y = output, w = weights, b = bias, pad = padding)
        fixed (float** tap = taps)
        {
            float* target = y;
            for (int image = 0; image < window.Batch; image++)
            {
                float* source = x + ((long)image * window.Height * window.Width * window.Channels);
                for (int row = 0; row < window.OutputHeight; row++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    for (int column = 0; column < window.OutputWidth; column++)
                    {
                        FindTaps(source, pad, tap, row, column);
                        Pixel(tap, taps.Length, w, b, target, window.Channels, clamp);
                        target += window.Channels;
                    }
                }
            }
        }
    }

    private void FindTaps(float* source, float* pad, float** taps, int outputRow, int outputColumn)
    {
        for (int tapRow = 0; tapRow < window.KernelHeight; tapRow++)
        {
            int row = window.InputRow(outputRow, tapRow);
            float* line = source + ((long)row * window.Width * window.Channels);
            for (int tapColumn = 0; tapColumn < window.KernelWidth; tapColumn++)
            {
                int column = window.InputColumn(outputColumn, tapColumn);
                *taps++ = window.HasRow(row) && window.HasColumn(column) ? line + ((long)column * window.Channels) : pad;
            }
        }
    }

    [MethodImpl(Hot)]
    private static void Pixel(float** taps, int count, float* weights, float* bias, float* output, int channels, Clamp clamp)
    {
        Vector<float> low = new(clamp.Min), high = new(clamp.Max);
        int channel = 0;
        for (; channel <= channels - (4 * Width); channel += 4 * Width)
        {
            float* w = weights + channel;
            Vector<float> s0 = Load(bias + channel), s1 = Load(bias + channel + Width);
            Vector<float> s2 = Load(bias + channel + (2 * Width)), s3 = Load(bias + channel + (3 * Width));
            for (int tap = 0; tap < count; tap++)
            {
                float* x = taps[tap] + channel;
                s0 += Load(x) * Load(w);
                s1 += Load(x + Width) * Load(w + Width);
                s2 += Load(x + (2 * Width)) * Load(w + (2 * Width));
                s3 += Load(x + (3 * Width)) * Load(w + (3 * Width));
                w += channels;
            }

            Store(output + channel, Limit(s0, low, high));
            Store(output + channel + Width, Limit(s1, low, high));
            Store(output + channel + (2 * Width), Limit(s2, low, high));
            Store(output + channel + (3 * Width), Limit(s3, low, high));
        }

        for (; channel <= channels - Width; channel += Width)
        {
            var sum = Load(bias + channel);
            for (int tap = 0; tap < count; tap++)
                sum += Load(taps[tap] + channel) * Load(weights + channel + ((long)tap * channels));

            Store(output + channel, Limit(sum, low, high));
        }

        for (; channel < channels; channel++)
        {
            float sum = bias[channel];
            for (int tap = 0; tap < count; tap++)
                sum += taps[tap][channel] * weights[channel + ((long)tap * channels)];

            output[channel] = Limit(sum, clamp.Min, clamp.Max);
        }
    }

    /// <summary>[channels, taps] to [taps, channels].</summary>
    private static float[] Transpose(float[] weights, int channels, int taps)
    {
        var result = new float[weights.Length];
        for (int channel = 0; channel < channels; channel++)
        {
            for (int tap = 0; tap < taps; tap++)
                result[(tap * channels) + channel] = weights[(channel * taps) + tap];
        }

        return result;
    }
}
