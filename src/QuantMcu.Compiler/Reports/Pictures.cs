using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reports;

/// <summary>Samples as pictures.</summary>
public static class Pictures
{
    private const int LongestSide = 256;

    /// <summary>
    /// An input of the normal form [1, H, W, C] as a picture: in colour if it has three channels, else its first channel in grey. Large ones are
    /// thinned out. Null where it is no image.
    /// </summary>
    /// <param name="input">The sample.</param>
    /// <param name="raw">Its values are codes from 0 to 255; else real numbers, of which the smallest becomes black, the largest white.</param>
    public static Picture? Of(Tensor input, bool raw)
    {
        if (input.Shape.Rank != 4 || input.Shape[1] < 2 || input.Shape[2] < 2)
            return null;

        int height = input.Shape[1], width = input.Shape[2], channels = input.Shape[3], shown = channels == 3 ? 3 : 1;
        int step = (Math.Max(height, width) + LongestSide - 1) / LongestSide;
        float[] values = input.Floats;
        double low = raw ? 0 : values.Min(), high = raw ? 255 : values.Max();
        var pixels = ImmutableArray.CreateBuilder<byte>();
        for (int y = 0; y < height; y += step)
        {
            for (int x = 0; x < width; x += step)
            {
                for (int c = 0; c < shown; c++)
                    pixels.Add(Grey(values[(((y * width) + x) * channels) + c], low, high));
            }
        }

        return new Picture((height + step - 1) / step, (width + step - 1) / step, shown, pixels.ToImmutable());
    }

    private static byte Grey(double value, double low, double high) =>
        high <= low ? (byte)0 : (byte)Math.Max(0, Math.Min(255, Math.Round(255 * (value - low) / (high - low))));
}
