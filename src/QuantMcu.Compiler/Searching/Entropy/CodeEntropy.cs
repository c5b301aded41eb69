using System;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>H(i, b): the Shannon entropy, in bits, of the histogram of a feature map after quantization to b bits.</summary>
internal static class CodeEntropy
{
    /// <summary>
    /// Of values counted in equal bins. The histogram of the quantized values has 256 bins, one for each code of 8 bits; fewer bits leave the others
    /// empty.
    /// </summary>
    /// <param name="counts">Values per bin.</param>
    /// <param name="low">Lower end of bin 0.</param>
    /// <param name="width">Extent of a bin.</param>
    /// <param name="quantizer">Of the b bits.</param>
    public static double Of(ReadOnlySpan<long> counts, double low, double width, Quantizer quantizer)
    {
        var codes = new long[256];
        long total = 0;
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] == 0)
                continue;

            codes[quantizer.Code(low + ((bin + 0.5) * width))] += counts[bin];
            total += counts[bin];
        }

        double entropy = 0;
        foreach (long count in codes)
        {
            if (count > 0)
                entropy -= (double)count / total * Math.Log((double)count / total, 2);
        }

        return entropy;
    }

    public static double Of(Histogram histogram, Quantizer quantizer) => Of(histogram.Counts, histogram.Low, histogram.BinWidth, quantizer);
}
