using System;
using System.Linq;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>Weights as codes: real = Scales[m] * code, for output channel m of M; the codes of one channel are consecutive.</summary>
/// <param name="Codes">M times the weights of one channel.</param>
/// <param name="Scales">One per output channel, positive.</param>
/// <param name="Bits">Codes lie in -(2^(Bits-1) - 1) .. 2^(Bits-1) - 1.</param>
/// <param name="Imported">The model came with these codes: they are kept as they are.</param>
internal sealed record QuantizedWeights(sbyte[] Codes, double[] Scales, int Bits, bool Imported)
{
    /// <summary>Weights of one output channel.</summary>
    public int PerChannel => Scales.Length == 0 ? 0 : Codes.Length / Scales.Length;

    public int Sum(int channel)
    {
        int sum = 0;
        for (int i = channel * PerChannel; i < (channel + 1) * PerChannel; i++)
            sum += Codes[i];
        return sum;
    }

    /// <summary>Codes of float weights, symmetric, each channel's scale chosen by squared error.</summary>
    /// <param name="weights">M times <paramref name="perChannel"/> weights.</param>
    /// <param name="perChannel">Weights of one output channel.</param>
    /// <param name="settings">Whether to clip.</param>
    /// <param name="importance">What the squared error of the weight at each position counts; null: all alike.</param>
    /// <param name="bits">Bits of a code.</param>
    public static QuantizedWeights Of(float[] weights, int perChannel, QuantizationSettings settings, double[]? importance = null, int bits = 8)
    {
        int channels = perChannel == 0 ? 0 : weights.Length / perChannel;
        var codes = new sbyte[weights.Length];
        var scales = new double[channels];
        for (int m = 0; m < channels; m++)
        {
            scales[m] = WeightScale.Best(weights, m * perChannel, perChannel, importance, bits, settings.ClipWeights);
            Encode(weights, m * perChannel, perChannel, scales[m], bits, codes);
        }

        return Rounded(codes, scales, bits);
    }

    /// <summary>Codes that were chosen already; scales of channels of zeros are 0.</summary>
    public static QuantizedWeights Rounded(sbyte[] codes, double[] scales, int bits)
    {
        // A channel of zeros has no scale of its own; the largest of the others keeps its bias as fine as theirs.
        double fallback = scales.DefaultIfEmpty(0).Max();
        for (int m = 0; m < scales.Length; m++)
            scales[m] = scales[m] > 0 ? scales[m] : fallback > 0 ? fallback : 1;

        return new QuantizedWeights(codes, scales, bits, Imported: false);
    }

    /// <summary>The same float weights with the scale of one channel set.</summary>
    public QuantizedWeights WithScale(float[] weights, int channel, double scale)
    {
        var codes = (sbyte[])Codes.Clone();
        var scales = (double[])Scales.Clone();
        scales[channel] = scale;
        Encode(weights, channel * PerChannel, PerChannel, scale, Bits, codes);
        return this with { Codes = codes, Scales = scales };
    }

    private static void Encode(float[] weights, int start, int count, double scale, int bits, sbyte[] codes)
    {
        int largest = (1 << (bits - 1)) - 1;
        for (int i = start; i < start + count && scale > 0; i++)
        {
            double code = Math.Round(weights[i] / scale, MidpointRounding.ToEven);
            codes[i] = (sbyte)Math.Max(-largest, Math.Min(largest, code));
        }
    }
}
