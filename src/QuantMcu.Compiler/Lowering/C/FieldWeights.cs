using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of 4 bits of a convolution without groups in the order in which qmcu_dsp_small.h takes them for four pixels: the sums of two outputs for two
/// pixels share 64 bits, in fields that are taken apart after every part of the taps. All parts have as many taps, of all outputs the same.
/// </summary>
internal sealed class FieldWeights
{
    /// <summary>Of a weight.</summary>
    public const int Bits = 4;

    /// <summary>Half of what a field holds: what it begins with.</summary>
    private const int Half = 1 << 13;

    /// <summary>Taps of two outputs that share a word of weights, and what those of the first output have more than they are.</summary>
    private const int WordTaps = 4, Excess = 8;

    /// <summary>Most taps of a part: the sum of its codes, of two pixels, is to fit 31 bits.</summary>
    private const int MostSteps = 512;

    private readonly ConvLayer layer;
    private readonly int outputs;

    /// <summary>[output][tap], zero where there is neither.</summary>
    private readonly sbyte[,] matrix;

    /// <param name="layer">The layer; its weights are -8 to 7.</param>
    /// <param name="inBits">Bits that a code of the input takes.</param>
    /// <param name="maxCode">The largest code of the input.</param>
    public FieldWeights(ConvLayer layer, int inBits, int maxCode)
    {
        this.layer = layer;
        outputs = (layer.Bias.Length + 1) / 2 * 2;
        int channels = layer.PadCodes.Length, pixelBytes = CContext.BytesOf(channels, inBits), inByte = 8 / inBits;
        int taps = ((layer.Window.Taps * pixelBytes) + 3) / 4 * WordTaps * inByte, length = layer.Window.Taps * channels;
        matrix = new sbyte[outputs, taps];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            for (int k = 0; k < length; k++)
            {
                int at = (k / channels * pixelBytes * inByte) + (k % channels), place = at / inByte;
                int tap = (((place / 4 * inByte) + (at % inByte)) * WordTaps) + (place % 4);
                matrix[m, tap] = layer.Weights[(m * length) + k];
            }
        }

        for (Parts = 1; ; Parts++)
        {
            Steps = (((taps + Parts - 1) / Parts) + WordTaps - 1) / WordTaps * WordTaps;
            if (Steps == WordTaps || (Steps <= MostSteps && FieldsHold(maxCode)))
                break;
        }

        Parts = (taps + Steps - 1) / Steps;
    }

    /// <summary>Taps of a part.</summary>
    public int Steps { get; }

    public int Parts { get; }

    /// <summary>Of a pixel: half a word a tap, and a word where a part begins.</summary>
    public int LaneWords => Parts * (1 + (Steps / 2));

    /// <summary>Per two outputs and four taps four bytes.</summary>
    public byte[] Packed()
    {
        int taps = Parts * Steps;
        var bytes = new byte[checked(outputs / 2 * taps)];
        for (int i = 0; i < bytes.Length; i++)
        {
            int m = i / taps * 2, tap = i % taps, next = (tap / WordTaps * WordTaps) + ((tap + 1) % WordTaps);
            bytes[i] = (byte)((Weight(m, tap) + Excess) | (Weight(m + 1, next) << Bits));
        }

        return bytes;
    }

    /// <summary>Bias, less what fields begin with, and multiplier of every output.</summary>
    public int[] Outputs()
    {
        var values = new int[2 * outputs];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            values[2 * m] = unchecked((layer.Bias[m] - (Parts * Half)) << layer.Requantization.PreShift);
            values[(2 * m) + 1] = layer.Requantization.Multiplier(m);
        }

        return values;
    }

    private int Weight(int m, int tap) => tap < matrix.GetLength(1) ? matrix[m, tap] : 0;

    /// <summary>Four taps hold whatever they are.</summary>
    private bool FieldsHold(int maxCode)
    {
        int taps = matrix.GetLength(1);
        for (int m = 0; m < outputs; m++)
        {
            for (int start = 0; start < taps; start += Steps)
            {
                int least = 0, most = 0;
                for (int tap = start; tap < Math.Min(start + Steps, taps); tap++)
                {
                    least += Math.Min((int)matrix[m, tap], 0);
                    most += Math.Max((int)matrix[m, tap], 0);
                }

                if (maxCode * most >= Half || maxCode * least < -Half)
                    return false;
            }
        }

        return true;
    }
}
