using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Maximum or mean over a window of an image, vectorised over channels. Taps in the padding are left out.</summary>
internal sealed unsafe class PoolKernel : FloatKernel
{
    private readonly ImageWindow window;
    private readonly bool mean;
    private readonly bool countPadding;

    private PoolKernel(ImageWindow window, bool mean, bool countPadding)
    {
        this.window = window;
        this.mean = mean;
        this.countPadding = countPadding;
    }

    public static PoolKernel? TryCreate(MaxPool pool, KernelRequest request) =>
        ImageWindow.TryCreate(pool.Window, pool.Layout, request.Input(0), request.Output) is { } window
            ? new PoolKernel(window, mean: false, countPadding: false)
            : null;

    public static PoolKernel? TryCreate(AveragePool pool, KernelRequest request) =>
        ImageWindow.TryCreate(pool.Window, pool.Layout, request.Input(0), request.Output) is { } window
            ? new PoolKernel(window, mean: true, pool.CountIncludePad)
            : null;

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        var taps = new float*[window.Taps];
        fixed (float* x = inputs[0], y = output)
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
                        RunPixel(source, tap, target, row, column);
                        target += window.Channels;
                    }
                }
            }
        }
    }

    private void RunPixel(float* source, float** taps, float* target, int row, int column)
    {
        int count = FindTaps(source, taps, row, column);
        if (mean)
            Mean(taps, count, Math.Max(1, window.TapsWithin(row, column, countPadding)), target, window.Channels);
        else
            Max(taps, count, target, window.Channels);
    }

    /// <summary>Lists the taps inside the image.</summary>
    private int FindTaps(float* source, float** taps, int outputRow, int outputColumn)
    {
        int count = 0;
        for (int tapRow = 0; tapRow < window.KernelHeight; tapRow++)
        {
            int row = window.InputRow(outputRow, tapRow);
            for (int tapColumn = 0; tapColumn < window.KernelWidth; tapColumn++)
            {
                int column = window.InputColumn(outputColumn, tapColumn);
                if (window.HasRow(row) && window.HasColumn(column))
                    taps[count++] = source + ((((long)row * window.Width) + column) * window.Channels);
            }
        }

        return count;
    }

    [MethodImpl(Hot)]
    private static void Mean(float** taps, int count, int divisor, float* output, int channels)
    {
        int channel = 0;
        for (; channel <= channels - Width; channel += Width)
        {
            var sum = Vector<float>.Zero;
            for (int tap = 0; tap < count; tap++)
                sum += Load(taps[tap] + channel);

            Store(output + channel, sum / new Vector<float>(divisor));
        }

        for (; channel < channels; channel++)
        {
            float sum = 0f;
            for (int tap = 0; tap < count; tap++)
                sum += taps[tap][channel];

            output[channel] = sum / divisor;
        }
    }

    [MethodImpl(Hot)]
    private static void Max(float** taps, int count, float* output, int channels)
    {
        int channel = 0;
        for (; channel <= channels - Width; channel += Width)
        {
            var largest = new Vector<float>(float.NegativeInfinity);
            for (int tap = 0; tap < count; tap++)
            {
                var value = Load(taps[tap] + channel);
                largest = Vector.ConditionalSelect(Vector.GreaterThan(value, largest), value, largest);
            }

            Store(output + channel, largest);
        }

        for (; channel < channels; channel++)
        {
            float largest = float.NegativeInfinity;
            for (int tap = 0; tap < count; tap++)
                largest = taps[tap][channel] > largest ? taps[tap][channel] : largest;

            output[channel] = largest;
        }
    }
}
