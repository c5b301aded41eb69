using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Weights of a convolution without groups in the order in which the cores of qmcu_mve.h take them: per block of four outputs what the sums begin with,
/// steps of 16 weights of every output, and multipliers. Bytes are weights of 8 bits, or two digits of base 16, or four of base 4: one per output.
/// </summary>
internal sealed class MveWeights
{
    /// <summary>Outputs that are computed together.</summary>
    private const int Block = 4;

    /// <summary>Weights that an instruction takes.</summary>
    private const int Lanes = 16;

    private readonly ConvLayer layer;
    private readonly int inBits;
    private readonly int pixelCodes;

    /// <param name="layer">The layer.</param>
    /// <param name="inBits">Bits of a code of the input.</param>
    public MveWeights(ConvLayer layer, int inBits)
    {
        this.layer = layer;
        this.inBits = inBits;
        pixelCodes = CContext.BytesOf(layer.PadCodes.Length, inBits) * 8 / inBits;
        Length = checked(layer.Window.Taps * pixelCodes);
        Steps = (Length + Lanes - 1) / Lanes;
        Bits = new[] { 2, 4 }.FirstOrDefault(bits => Fits(bits)) is > 0 and var few ? few : 8;
    }

    /// <summary>Bits of a weight in the layout.</summary>
    public int Bits { get; }

    /// <summary>Codes of a window; what is missing in a pixel's last byte counts.</summary>
    public int Length { get; }

    /// <summary>The same, in sixteens.</summary>
    public int Steps { get; }

    /// <summary>The weights as bytes.</summary>
    public byte[] Packed()
    {
        int count = layer.Bias.Length, outputsOfByte = 8 / Bits;
        var bytes = new List<byte>();
        var digits = new int[Block];
        for (int block = 0; block < count; block += Block)
        {
            for (int j = 0; j < Block; j++)
                digits[j] = block + j < count ? SignedBias(block + j) : 0;

            for (int j = 0; j < Block; j++)
                AddNumber(bytes, unchecked(Join(digits, j) << (8 - (Bits * ((j % outputsOfByte) + 1)))));

            for (int step = 0; step < Steps; step++)
            {
                for (int last = outputsOfByte - 1; last < Block; last += outputsOfByte)
                {
                    for (int lane = 0; lane < Lanes; lane++)
                    {
                        for (int j = 0; j < Block; j++)
                            digits[j] = block + j < count ? Weight(block + j, (step * Lanes) + lane) : 0;

                        bytes.Add(unchecked((byte)Join(digits, last)));
                    }
                }
            }

            for (int m = block; m < block + Block; m++)
                AddNumber(bytes, m < count ? layer.Requantization.Multiplier(m) : 0);
        }

        return bytes.ToArray();
    }

    private static void AddNumber(List<byte> bytes, int number) =>
        bytes.AddRange([(byte)number, (byte)(number >> 8), (byte)(number >> 16), (byte)(number >> 24)]);

    /// <summary>The digits of a byte up to an output's.</summary>
    private int Join(int[] digits, int j)
    {
        int outputsOfByte = 8 / Bits, value = 0;
        for (int of = j; of >= j / outputsOfByte * outputsOfByte; of--)
            value = unchecked((value << Bits) + digits[of]);

        return value;
    }

    /// <summary>The bias with what codes of 8 bits less 128 take from the sum.</summary>
    private int SignedBias(int m) => inBits == 8 ? unchecked(layer.Bias[m] + (128 * Row(m).Sum(weight => (int)weight))) : layer.Bias[m];

    private ArraySegment<sbyte> Row(int m)
    {
        int length = layer.Weights.Length / layer.Bias.Length;
        return new ArraySegment<sbyte>(layer.Weights, m * length, length);
    }

    private int Weight(int m, int k)
    {
        int channels = layer.PadCodes.Length, tap = k / pixelCodes, c = k % pixelCodes;
        return tap < layer.Window.Taps && c < channels ? layer.Weights[(((m * layer.Window.Taps) + tap) * channels) + c] : 0;
    }

    /// <summary>Whether weights are digits of so many bits, and the sums have room for as many more as a digit lies below the top of a byte.</summary>
    private bool Fits(int bits)
    {
        int most = (1 << (bits - 1)) - 1, maxCode = (1 << inBits) - 1;
        return Enumerable.Range(0, layer.Bias.Length).All(m =>
        {
            long low = layer.Bias[m], high = layer.Bias[m];
            foreach (sbyte weight in Row(m))
            {
                if (Math.Abs((int)weight) > most)
                    return false;

                low += Math.Min(weight * maxCode, 0);
                high += Math.Max(weight * maxCode, 0);
            }

            int room = 8 - bits;
            return low << room >= int.MinValue && high << room <= int.MaxValue;
        });
    }
}
