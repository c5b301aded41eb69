using System;
using System.Numerics;

namespace QuantMcu.Training.Layers;

/// <summary>
/// Element by element over rows of channels. There are no sums across a row, so that the result is the same whatever width of vectors a processor has.
/// </summary>
internal static class Rows
{
    /// <summary><c>sum += scale * row</c>.</summary>
    public static void AddScaled(Span<float> sum, ReadOnlySpan<float> row, float scale)
    {
        int width = Vector<float>.Count, i = 0;
        for (; i <= sum.Length - width; i += width)
            (new Vector<float>(sum[i..]) + (new Vector<float>(row[i..]) * scale)).CopyTo(sum[i..]);

        for (; i < sum.Length; i++)
            sum[i] += row[i] * scale;
    }
}
