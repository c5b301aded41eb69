using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// How the codes of a tensor lie in memory: packed, lowest bits first, in lines (the last axis; the channels of a pixel) that start
/// on bytes. Unused bits of a line's last byte are zero.
/// </summary>
/// <param name="Bits">Bits that a code takes: 8, 4 or 2; 8 where a line holds one code, which is a byte then.</param>
/// <param name="Line">Codes of a line.</param>
/// <param name="Lines">Lines of the tensor.</param>
public sealed record CodeLayout(int Bits, int Line, int Lines)
{
    /// <summary>Bytes from line to line.</summary>
    public int Pitch => LineBytes(Line, Bits);

    public int Elements => Line * Lines;

    /// <summary>No bits are unused, so that all codes follow one another.</summary>
    public bool IsDense => (long)Line * Bits % 8 == 0;

    public bool IsPacked => Bits < 8;

    public static CodeLayout Of(QuantizedTensor tensor)
    {
        var shape = tensor.Shape;
        int line = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        return new CodeLayout(line == 1 ? 8 : tensor.Quantizer.Bits, line, line == 0 ? 0 : shape.Elements / line);
    }

    /// <summary>Bytes that hold some neighbouring codes, the first of them on a byte.</summary>
    public static int LineBytes(int codes, int bits) => (int)((((long)codes * bits) + 7) / 8);

    /// <summary>The same codes in the same order make the same bytes.</summary>
    public bool CoincidesWith(CodeLayout other) => Bits == other.Bits && (Line == other.Line || (IsDense && other.IsDense));

    /// <summary>Codes, one to a byte, as they lie in memory.</summary>
    public byte[] Pack(byte[] codes)
    {
        if (!IsPacked)
            return codes;

        int spacing = Pitch * (8 / Bits);
        var packed = new PackedCodes(Lines * spacing, Bits);
        for (int i = 0; i < codes.Length; i++)
            packed.Set((i / Line * spacing) + (i % Line), codes[i]);

        return packed.Bytes;
    }
}
