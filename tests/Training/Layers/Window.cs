using System;

namespace QuantMcu.Training.Layers;

/// <summary>A square window over a square map.</summary>
/// <param name="Size">Pixels of the input in a row.</param>
/// <param name="Kernel">Taps in a row.</param>
/// <param name="Stride">Pixels from window to window.</param>
/// <param name="Padding">Zeros on each side of the input.</param>
internal sealed record Window(int Size, int Kernel, int Stride, int Padding)
{
    /// <summary>Pixels of the output in a row.</summary>
    public int Outputs => ((Size + (2 * Padding) - Kernel) / Stride) + 1;

    public int Taps => Kernel * Kernel;

    /// <summary>Calls with every output pixel, every tap of its window and the input pixel there, but for padding.</summary>
    public void ForEach(Action<int, int, int> action)
    {
        for (int output = 0; output < Outputs * Outputs; output++)
        {
            int top = (output / Outputs * Stride) - Padding, left = (output % Outputs * Stride) - Padding;
            for (int tap = 0; tap < Taps; tap++)
            {
                int y = top + (tap / Kernel), x = left + (tap % Kernel);
                if (y >= 0 && y < Size && x >= 0 && x < Size)
                    action(output, tap, (y * Size) + x);
            }
        }
    }
}
