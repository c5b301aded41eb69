using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of 4, 5 or 6 bits of a convolution without groups, in the order in which the kernels of qmcu_dsp_quad.h take them: the sums of two outputs
/// for two pixels share 64 bits, in fields that are taken apart after every part of the taps.
/// </summary>
internal sealed class QuadWeights
{
    /// <summary>Outputs that are computed together.</summary>
    public const int Block = 4;

    /// <summary>Largest magnitude of a weight that takes a nibble, and of one beside fields of 13 bits.</summary>
    public const int MostOfNibble = 7, MostOfSix = 31;

    /// <summary>Bytes of the code of a tap, taps of the kernel's core, and most taps of a part: every pass takes a word of stack.</summary>
    private const int StepBytes = 24, PassSteps = 32, MostSteps = 16 * PassSteps;

    private readonly ConvLayer layer;
    private readonly int maxCode;
    private readonly int outputs;
    private readonly int length;
    private readonly bool isNibble;

    /// <param name="layer">The layer.</param>
    /// <param name="maxCode">The largest code of the input.</param>
    /// <param name="isNibble">Whether its weights are -7 to 7, not -31 to 31.</param>
    public QuadWeights(ConvLayer layer, int maxCode, bool isNibble)
    {
        this.layer = layer;
        this.isNibble = isNibble;
        this.maxCode = maxCode;
        outputs = (layer.Bias.Length + Block - 1) / Block * Block;
        length = layer.Window.Taps * layer.PadCodes.Length;
        Taps = (length + 3) / 4 * 4;
    }

    private int FieldBits => isNibble ? 14 : 13;

    /// <summary>Of an output: whole words of codes.</summary>
    public int Taps { get; }

    /// <summary>Parts of all blocks together.</summary>
    public int CountParts() => Enumerable.Range(0, outputs / Block).Sum(block => PartsOf(block * Block).Count);

    /// <summary>Four nibbles, or bytes, per block and tap; those of the second and the fourth output are one less where the one before is negative.</summary>
    public byte[] Packed()
    {
        var bytes = new List<byte>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int k = 0; k < Taps; k++)
            {
                for (int m = block; m < block + Block; m += 2)
                {
                    int low = Weight(m, k), high = Weight(m + 1, k) - (low < 0 ? 1 : 0);
                    if (isNibble)
                        bytes.Add((byte)((low & 15) | ((high & 15) << 4)));
                    else
                        bytes.AddRange([(byte)low, (byte)high]);
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Of every block: parts; for each its taps (in bytes of code, and passes of 32) and first sums; then two biases and two multipliers, twice.</summary>
    public int[] Outputs()
    {
        var values = new List<int>();
        for (int block = 0; block < outputs; block += Block)
        {
            var parts = PartsOf(block);
            values.Add(parts.Count);
            foreach (var part in parts)
            {
                int steps = part.End - part.Start, passes = (steps - 1) / PassSteps;
                values.Add((StepBytes * (steps - (PassSteps * passes))) | (passes << 16));
                for (int m = block; m < block + Block; m += 2)
                {
                    long first = Offset(m, part), second = Offset(m + 1, part);
                    long sums = first + (first << FieldBits) + (second << (2 * FieldBits)) + (second << (3 * FieldBits));
                    values.Add(unchecked((int)sums));
                    values.Add((int)(sums >> 32));
                }
            }

            for (int m = block; m < block + Block; m += 2)
            {
                values.AddRange([Bias(m, parts), Bias(m + 1, parts)]);
                values.AddRange([Multiplier(m), Multiplier(m + 1)]);
            }
        }

        return values.ToArray();
    }

    /// <summary>As few parts as the fields allow: each as long as it can be.</summary>
    private List<(int Start, int End)> PartsOf(int block)
    {
        var parts = new List<(int Start, int End)>();
        for (int start = 0, end; start < Taps; start = end)
        {
            end = start + 1;
            while (end < Taps && end - start < MostSteps && FieldsHold(block, (start, end + 1)))
                end++;

            parts.Add((start, end));
        }

        return parts;
    }

    private int Bias(int m, List<(int Start, int End)> parts)
    {
        int offset = 0;
        foreach (var part in parts)
            offset += Offset(m, part);

        return m < layer.Bias.Length ? unchecked((layer.Bias[m] - offset) << layer.Requantization.PreShift) : 0;
    }

    private int Multiplier(int m) => m < layer.Bias.Length ? layer.Requantization.Multiplier(m) : 0;

    private int Weight(int m, int k) => m < layer.Bias.Length && k < length ? layer.Weights[(m * length) + k] : 0;

    /// <summary>What makes the smallest sum of a field zero.</summary>
    private int Offset(int m, (int Start, int End) part) => maxCode * Magnitude(m, part, -1);

    private int Magnitude(int m, (int Start, int End) part, int sign)
    {
        int sum = 0;
        for (int k = part.Start; k < part.End; k++)
            sum += Math.Max(sign * Weight(m, k), 0);

        return sum;
    }

    private bool FieldsHold(int block, (int Start, int End) part)
    {
        for (int m = block; m < block + Block; m++)
        {
            if (maxCode * (Magnitude(m, part, 1) + Magnitude(m, part, -1)) >= 1 << FieldBits)
                return false;
        }

        return true;
    }
}
