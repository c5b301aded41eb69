using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of a convolution without groups in the order in which the kernels of qmcu_word_conv.h and qmcu_word_dense.h take them. A step is a
/// code of the window, as it lies in memory: what fills a pixel's last byte counts, with a weight of zero.
/// </summary>
internal sealed class WordWeights
{
    private const int StepsTogether = 4;

    private readonly ConvLayer layer;
    private readonly int maxCode;
    private readonly int length;

    /// <summary>[output][step], zero where there is neither output nor code.</summary>
    private readonly sbyte[,] matrix;

    /// <param name="layer">The layer.</param>
    /// <param name="inBits">Bits of a code of the input.</param>
    /// <param name="maxCode">Its largest code.</param>
    /// <param name="block">Outputs that are computed together.</param>
    /// <param name="fields">Sums of a word: 1, 2 or 4; 3: of two words.</param>
    public WordWeights(ConvLayer layer, int inBits, int maxCode, int block, int fields)
    {
        this.layer = layer;
        this.maxCode = maxCode;
        Fields = fields;
        Block = block;
        int channels = layer.PadCodes.Length, perPixel = CContext.BytesOf(channels, inBits) * 8 / inBits, taps = layer.Window.Taps;
        length = RoundUp(((taps - 1) * perPixel) + channels, StepsTogether);
        matrix = new sbyte[RoundUp(layer.Bias.Length, block), length];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            for (int k = 0; k < taps * channels; k++)
                matrix[m, (k / channels * perPixel) + (k % channels)] = layer.Weights[(m * taps * channels) + k];
        }

        Parts = 1;
        Steps = length;
        while (Fields > 1 && Steps > StepsTogether && !FieldsHold())
            Steps = RoundUp((length + Parts) / ++Parts, StepsTogether);

        Parts = (length + Steps - 1) / Steps;
        Holds = fields == 1 || FieldsHold();
    }

    public int Block { get; }

    /// <summary>Sums of a word: 1, 2 or 4; 3: of two words.</summary>
    public int Fields { get; }

    /// <summary>Whether no field can leave its range.</summary>
    public bool Holds { get; }

    /// <summary>Parts after which fields are taken apart.</summary>
    public int Parts { get; }

    /// <summary>Steps of a part, but the last.</summary>
    public int Steps { get; private set; }

    public int LastSteps => length - ((Parts - 1) * Steps);

    private int FieldBits => Fields == 3 ? 21 : 32 / Fields;

    /// <summary>
    /// The weights as bytes. Form -8: signed bytes. Else that many bits for a weight plus half their range: the kernels take back what that adds.
    /// </summary>
    public byte[] Packed(int form)
    {
        int bits = Math.Abs(form), more = form < 0 ? 0 : 1 << (bits - 1), stepBytes = Block * bits / 8, at = 0;
        var packed = new byte[checked(matrix.GetLength(0) / Block * length * stepBytes)];
        for (int block = 0; block < matrix.GetLength(0); block += Block)
        {
            for (int step = 0; step < length; step++, at += stepBytes)
            {
                for (int j = 0; j < Block; j++)
                    CContext.Pack(matrix[block + j, step] + more, j, bits, packed, at);
            }
        }

        return packed;
    }

    /// <summary>
    /// Of every block: offsets of each part, in all fields (of three, in the lowest), then biases, then multipliers. With one field there are no offsets.
    /// </summary>
    /// <param name="form">As the weights are packed.</param>
    /// <param name="acrossOutputs">Fields of a word are outputs, a number of words apart; else they are pixels of one output.</param>
    public int[] Outputs(int form, bool acrossOutputs)
    {
        var values = new List<int>();
        int bits = acrossOutputs || Math.Abs(form) == 8 ? 0 : form;
        for (int block = 0; block < matrix.GetLength(0); block += Block)
        {
            for (int part = 0; Fields > 1 && part < Parts; part++)
                values.AddRange(Together(Offsets(block, part, acrossOutputs), bits));

            var biases = new int[Block];
            for (int j = 0; j < Block; j++)
                biases[j] = block + j < layer.Bias.Length ? layer.Bias[block + j] - OffsetOf(block + j) : 0;

            values.AddRange(Fields > 1 ? biases : Together(biases, bits));
            for (int m = block; m < block + Block; m++)
                values.Add(m < layer.Bias.Length ? layer.Requantization.Multiplier(m) : 0);
        }

        return values.ToArray();
    }

    /// <summary>
    /// What the sums of outputs start with whose weights share a byte. The kernel multiplies by what is left of the byte above a weight's lowest bit, weights
    /// behind it included, and takes those out of the sum in the end.
    /// </summary>
    private static int[] Together(int[] starts, int bits)
    {
        for (int j = starts.Length - 2; j >= 0 && bits > 0; j--)
        {
            if ((j + 1) % (8 / bits) != 0)
                starts[j] = unchecked(starts[j] + (starts[j + 1] << bits));
        }

        return starts;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private int[] Offsets(int block, int part, bool acrossOutputs)
    {
        int words = acrossOutputs ? Block / Fields : Block;
        var offsets = new int[words];
        for (int word = 0; word < words; word++)
        {
            uint offset = 0;
            for (int field = 0; field < (Fields == 3 ? 1 : Fields); field++)
                offset |= (uint)Offset(block + word + (acrossOutputs ? field * words : 0), part) << (field * FieldBits);

            offsets[word] = unchecked((int)offset);
        }

        return offsets;
    }

    private int OffsetOf(int m)
    {
        int offset = 0;
        for (int part = 0; Fields > 1 && part < Parts; part++)
            offset += Offset(m, part);

        return offset;
    }

    /// <summary>What makes the smallest sum of a part zero.</summary>
    private int Offset(int m, int part) => maxCode * Magnitude(m, part, -1);

    /// <summary>Sum of the negative or positive weights of an output in a part.</summary>
    private int Magnitude(int m, int part, int sign)
    {
        int sum = 0;
        for (int step = part * Steps; step < Math.Min(length, (part + 1) * Steps); step++)
            sum += Math.Max(sign * matrix[m, step], 0);

        return sum;
    }

    private bool FieldsHold()
    {
        for (int m = 0; m < matrix.GetLength(0); m++)
        {
            for (int part = 0; part * Steps < length; part++)
            {
                if (maxCode * (long)(Magnitude(m, part, 1) + Magnitude(m, part, -1)) >= 1L << FieldBits)
                    return false;
            }
        }

        return true;
    }
}
