using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of a convolution without groups in the order in which the kernels of qmcu_dsp_conv.h take them. A step is a pair of taps, one in each
/// 16-bit lane: of a word of packed codes, the code at position i of the lower half goes with the one at i of the upper half.
/// </summary>
internal sealed class DspWeights
{
    /// <summary>Low field of a lane that two outputs share.</summary>
    private const int FieldSize = 4096;

    /// <summary>Most shift that a code of 8 bits leaves a lane room for.</summary>
    private const int MostLaneShift = 7;

    private static readonly int[] CrumbTurns = [0, 2, 8, 10];

    private readonly ConvLayer layer;
    private readonly int maxCode;
    private readonly int narrow;
    private readonly int pixels;
    private readonly int outputs;

    /// <summary>[output][step][lane], zero where there is neither output nor tap.</summary>
    private readonly sbyte[,,] matrix;

    /// <param name="layer">The layer.</param>
    /// <param name="inBits">Bits of a code of the input.</param>
    /// <param name="maxCode">Its largest code.</param>
    /// <param name="narrow">0: a lane is a weight; 4: two weights, low + 4096 * high; 2: the same, packed 16 a word.</param>
    /// <param name="pixels">That are computed together: 4 or 1.</param>
    public DspWeights(ConvLayer layer, int inBits, int maxCode, int narrow, int pixels)
    {
        this.layer = layer;
        this.maxCode = maxCode;
        this.narrow = narrow;
        this.pixels = pixels;
        Block = (narrow == 0 ? 2 : 4) * (pixels == 1 ? 2 : 1);
        outputs = (layer.Bias.Length + Block - 1) / Block * Block;
        int channels = layer.PadCodes.Length, pixelBytes = CContext.BytesOf(channels, inBits), half = 16 / inBits;
        int filled = ((layer.Window.Taps * pixelBytes) + 3) / 4 * half;
        matrix = new sbyte[outputs, filled, 2];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            for (int k = 0; k < layer.Window.Taps * channels; k++)
            {
                int at = (k / channels * pixelBytes * 8 / inBits) + (k % channels);
                int inWord = at % (2 * half);
                matrix[m, (at / (2 * half) * half) + (inWord % half), inWord / half] = layer.Weights[(m * layer.Window.Taps * channels) + k];
            }
        }

        Parts = 1;
        Steps = filled;
        while (narrow != 0 && !FieldsHold())
            Steps = Even((filled + Parts) / ++Parts);
    }

    /// <summary>Outputs that are computed together.</summary>
    public int Block { get; }

    /// <summary>Steps of a part, even.</summary>
    public int Steps { get; private set; }

    /// <summary>Parts after which the fields of a lane are taken apart; 1 where a lane is one weight.</summary>
    public int Parts { get; private set; }

    /// <summary>Shift before the requantization that lanes and biases get, instead of every sum.</summary>
    public int LaneShift => narrow == 0 && layer.Requantization.PreShift <= MostLaneShift ? layer.Requantization.PreShift : 0;

    /// <summary>The weights as bytes.</summary>
    public byte[] Packed()
    {
        var words = new List<byte>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int step = 0; step < Steps * Parts; step += narrow == 2 && pixels == 4 ? 2 : 1)
                AddStep(words, block, step);
        }

        return words.ToArray();
    }

    /// <summary>Of every block: offsets of the low fields of each part, then bias and multiplier of every output.</summary>
    public int[] Outputs()
    {
        var values = new List<int>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int part = 0; narrow != 0 && part < Parts; part++)
            {
                for (int m = block; m < block + Block; m += 2)
                    values.Add(Offset(m, part));
            }

            for (int m = block; m < block + Block; m++)
            {
                bool exists = m < layer.Bias.Length;
                int offset = 0;
                for (int part = 0; narrow != 0 && m % 2 == 0 && part < Parts; part++)
                    offset += Offset(m, part);

                values.Add(unchecked((exists ? layer.Bias[m] << LaneShift : 0) - offset));
                values.Add(exists ? layer.Requantization.Multiplier(m) : 0);
            }
        }

        return values.ToArray();
    }

    /// <summary>The same with constant and multiplier of a <see cref="ThinRequantization"/> for every output; null where one has none.</summary>
    public int[]? ThinOutputs()
    {
        var values = new List<int>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int m = block; m < block + Block; m += 2)
                values.Add(Offset(m, 0));

            for (int m = block; m < block + Block; m++)
            {
                int least = -maxCode * Magnitude(m, 0, -1), most = maxCode * Magnitude(m, 0, 1);
                if (ThinRequantization.Of(layer.Requantization, m, layer.Bias[m], least, most) is not { } thin)
                    return null;

                values.Add(m % 2 == 0 ? unchecked(thin.Constant - (Offset(m, 0) * thin.Multiplier)) : thin.Constant);
                values.Add(thin.Multiplier);
            }
        }

        return values.ToArray();
    }

    private static int Even(int steps) => (steps + 1) / 2 * 2;

    private void AddStep(List<byte> words, int block, int step)
    {
        switch (narrow)
        {
            case 0:
                for (int m = block; m < block + Block; m += 2)
                    words.AddRange([Byte(m, step, 0), Byte(m + 1, step, 0), Byte(m, step, 1), Byte(m + 1, step, 1)]);
                break;
            case 4:
                for (int m = block; m < block + Block; m += 2)
                {
                    AddLane(words, Weight(m, step, 0) + (FieldSize * Weight(m + 1, step, 0)));
                    AddLane(words, Weight(m, step, 1) + (FieldSize * Weight(m + 1, step, 1)));
                }

                break;
            default:
                AddCrumbs(words, block, step);
                break;
        }
    }

    /// <summary>16 weights, each one more than it is: of four outputs and two steps, or of eight outputs and one.</summary>
    private void AddCrumbs(List<byte> words, int block, int step)
    {
        uint word = 0;
        for (int turn = 0; turn < CrumbTurns.Length; turn++)
        {
            int m = block + (2 * (pixels == 4 ? turn % 2 : turn)), of = pixels == 4 ? step + (turn / 2) : step;
            for (int lane = 0; lane < 2; lane++)
            {
                for (int high = 0; high < 2; high++)
                    word |= (uint)(Weight(m + high, of, lane) + 1) << (((16 * lane) + (12 * high) + CrumbTurns[turn]) % 32);
            }
        }

        AddLane(words, (int)(word & 0xFFFF));
        AddLane(words, (int)(word >> 16));
    }

    private static void AddLane(List<byte> words, int lane) => words.AddRange([(byte)lane, (byte)(lane >> 8)]);

    private byte Byte(int m, int step, int lane) => (byte)Weight(m, step, lane);

    private int Weight(int m, int step, int lane) => step < matrix.GetLength(1) ? matrix[m, step, lane] : 0;

    /// <summary>What makes the smallest sum of a low field zero.</summary>
    private int Offset(int m, int part) => maxCode * Magnitude(m, part, -1);

    /// <summary>Sum of the negative or positive weights of an output in a part.</summary>
    private int Magnitude(int m, int part, int sign)
    {
        int sum = 0;
        for (int step = part * Steps; step < (part + 1) * Steps; step++)
            sum += Math.Max(sign * Weight(m, step, 0), 0) + Math.Max(sign * Weight(m, step, 1), 0);

        return sum;
    }

    private bool FieldsHold()
    {
        for (int m = 0; m < outputs; m += 2)
        {
            for (int part = 0; part < Parts; part++)
            {
                if (maxCode * (Magnitude(m, part, 1) + Magnitude(m, part, -1)) >= FieldSize)
                    return false;
            }
        }

        return true;
    }
}
