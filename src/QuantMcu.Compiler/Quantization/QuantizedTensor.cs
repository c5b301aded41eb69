using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>What a code means: real = Scale * (code - ZeroPoint). Codes are unsigned, 0 .. 2^Bits - 1.</summary>
/// <param name="Scale">Positive. Held as a double so that every derived multiplier is the same on every machine.</param>
/// <param name="ZeroPoint">The code of real 0; inside the code range.</param>
public sealed record Quantizer(double Scale, int ZeroPoint, int Bits = 8)
{
    public int MaxCode => (1 << Bits) - 1;

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
