using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of 4 bits of a convolution without groups under small codes, in the order in which the kernels of qmcu_dsp_quad.h take them in lanes: two outputs
/// share a lane of 16 bits, low + 4096 * high, and the low field is taken out after every part of the steps. A step is two taps: of a word of codes those at
/// one place of both halves.
/// </summary>
internal sealed class LaneWeights
{
    /// <summary>Outputs that are computed together.</summary>
    public const int Block = 4;

    /// <summary>Most shift before the requantization: the high field lies so far up.</summary>
    public const int MostPreShift = 12;

    /// <summary>Bytes of the code of a step, steps of the kernel's core, and most steps of a part: every pass takes a word of stack.</summary>
    private const int StepBytes = 44, PassSteps = 32, MostSteps = 16 * PassSteps;

    private const int FieldBits = 12;

    private readonly ConvLayer layer;
    private readonly int maxCode;
    private readonly int half;
    private readonly int outputs;
    private readonly int length;
    private readonly int steps;

    /// <param name="layer">The layer; its weights are -7 to 7.</param>
    /// <param name="inBits">Bits that a code of the input takes: 8, or 4 under a window of one pixel.</param>
    /// <param name="maxCode">The largest code of the input.</param>
    public LaneWeights(ConvLayer layer, int inBits, int maxCode)
    {
        this.layer = layer;
        this.maxCode = maxCode;
        half = 16 / inBits;
        outputs = (layer.Bias.Length + Block - 1) / Block * Block;
        length = layer.Window.Taps * layer.PadCodes.Length;
        steps = (length + (2 * half) - 1) / (2 * half) * half;
        Parts = Enumerable.Range(0, outputs / Block).Select(block => PartsOf(block * Block)).ToArray();
    }

    /// <summary>Steps of every part of every block: as few parts as the low field allows.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Parts { get; }

    /// <summary>Whether every product fits the low field and all of them, with the bias, the high one.</summary>
    public bool Hold => Parts.All(parts => parts.All(steps => steps > 0))
        && Enumerable.Range(0, layer.Bias.Length).All(m => m % 2 == 0 || FitsHigh(m));

    /// <summary>Two nibbles a byte, the low ones plus 8: of every two taps the outputs 0 and 1 of the first, 2 and 3, the same of the second.</summary>
    public byte[] Packed()
    {
        var bytes = new List<byte>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int step = 0; step < steps; step++)
            {
                for (int lane = 0; lane < 2; lane++)
                {
                    for (int m = block; m < block + Block; m += 2)
                        bytes.Add((byte)((Weight(m, step, lane) + 8) | ((Weight(m + 1, step, lane) & 15) << 4)));
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The same as lanes, ready to be multiplied.</summary>
    public byte[] Lanes()
    {
        var bytes = new List<byte>();
        for (int block = 0; block < outputs; block += Block)
        {
            for (int step = 0; step < steps; step++)
            {
                for (int m = block; m < block + Block; m += 2)
                {
                    for (int lane = 0; lane < 2; lane++)
                    {
                        int value = Weight(m, step, lane) + (Weight(m + 1, step, lane) << FieldBits);
                        bytes.AddRange([(byte)value, (byte)(value >> 8)]);
                    }
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Of every block: parts; biases in the high fields; bias of the low output, two multipliers, twice; steps of every part (in bytes of code, and passes).</summary>
    public int[] Outputs()
    {
        var values = new List<int>();
        for (int block = 0; block < outputs; block += Block)
        {
            var parts = Parts[block / Block];
            values.AddRange([parts.Count, Bias(block + 1) << FieldBits, Bias(block + 3) << FieldBits]);
            for (int m = block; m < block + Block; m += 2)
                values.AddRange([unchecked(Bias(m) << layer.Requantization.PreShift), Multiplier(m), Multiplier(m + 1)]);
            foreach (int count in parts)
            {
                int passes = (count - 1) / PassSteps;
                values.Add((StepBytes * (count - (PassSteps * passes))) | (passes << 16));
            }
        }

        return values.ToArray();
    }

    private List<int> PartsOf(int block)
    {
        var parts = new List<int>();
        for (int start = 0, end; start < steps; start = end)
        {
            end = start;
            while (end < steps && end - start < MostSteps && FitsLow(block, start, end + 1) && FitsLow(block + 2, start, end + 1))
                end++;

            parts.Add(end - start);
            if (end == start)
                break;
        }

        return parts;
    }

    private bool FitsLow(int m, int start, int end) =>
        maxCode * Magnitude(m, start, end, 1) < 1 << (FieldBits - 1) && maxCode * Magnitude(m, start, end, -1) <= 1 << (FieldBits - 1);

    /// <summary>The high field, with what is in the low one, stays within 32 bits.</summary>
    private bool FitsHigh(int m)
    {
        long most = (1L << (31 - FieldBits)) - 1, largest = (long)maxCode * Magnitude(m, 0, steps, 1), least = (long)maxCode * Magnitude(m, 0, steps, -1);
        return Math.Max(0, (long)Bias(m)) + largest < most && Math.Max(0, -(long)Bias(m)) + least < most;
    }

    private int Magnitude(int m, int start, int end, int sign)
    {
        int sum = 0;
        for (int step = start; step < end; step++)
            sum += Math.Max(sign * Weight(m, step, 0), 0) + Math.Max(sign * Weight(m, step, 1), 0);

        return sum;
    }

    private int Bias(int m) => m < layer.Bias.Length ? layer.Bias[m] : 0;

    private int Multiplier(int m) => m < layer.Bias.Length ? layer.Requantization.Multiplier(m) : 0;

    private int Weight(int m, int step, int lane)
    {
        int tap = (step / half * 2 * half) + (step % half) + (half * lane);
        return m < layer.Bias.Length && tap < length ? layer.Weights[(m * length) + tap] : 0;
    }
}
