using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>What a code means: real = Scale * (code - ZeroPoint). Codes are unsigned, 0 .. <see cref="MaxCode"/>.</summary>
/// <param name="Scale">Positive. Held as a double so that every derived multiplier is the same on every machine.</param>
/// <param name="ZeroPoint">The code of real 0; inside the code range.</param>
/// <param name="Bits">That a code takes in memory: 8, 4 or 2.</param>
public sealed record Quantizer(double Scale, int ZeroPoint, int Bits = 8)
{
    /// <summary>Of its bits, the highest ones that no code uses: the smaller codes are, the more products fit a field of a word.</summary>
    public int SpareBits { get; init; }

    /// <summary>Bits that codes really use: 2 .. 8.</summary>
    public int CodeBits => Bits - SpareBits;

    /// <summary>The largest code: 2^<see cref="CodeBits"/> - 1.</summary>
    public int MaxCode => (1 << CodeBits) - 1;

    /// <summary>A quantizer whose codes use so many bits, in the smallest place that holds them.</summary>
    /// <param name="scale">See <see cref="Scale"/>.</param>
    /// <param name="zeroPoint">See <see cref="ZeroPoint"/>.</param>
    /// <param name="codeBits">2 .. 8.</param>
    public static Quantizer OfCodeBits(double scale, int zeroPoint, int codeBits)
    {
        int bits = BitWidths.InMemory(codeBits);
        return new Quantizer(scale, zeroPoint, bits) { SpareBits = bits - codeBits };
    }

    /// <summary>Nearest code, halves to even, clamped to the code range.</summary>
    public int Code(double real)
    {
        double code = Math.Round(real / Scale, MidpointRounding.ToEven) + ZeroPoint;
        return code <= 0 ? 0 : code >= MaxCode ? MaxCode : double.IsNaN(code) ? ZeroPoint : (int)code;
    }

    public double Real(int code) => Scale * (code - ZeroPoint);
}

/// <summary>
/// A tensor of a quantized network. Shape is the float network's, channels last, batch axis included (it is 1). In memory the last
/// axis is fastest; at 8 bits one byte is one code.
/// </summary>
/// <param name="Constant">The codes, row-major, where the tensor is a constant; else null.</param>
public sealed record QuantizedTensor(string Name, Shape Shape, Quantizer Quantizer, byte[]? Constant = null)
{
    public int Elements => Shape.Elements;

    /// <summary>Bytes that the tensor takes in an arena: packed, every pixel (last axis) starting on a byte.</summary>
    public int Bytes
    {
        get
        {
            int last = Shape.Rank == 0 ? 1 : Shape[Shape.Rank - 1];
            return last == 0 ? 0 : Elements / last * (((last * Quantizer.Bits) + 7) / 8);
        }
    }
}
