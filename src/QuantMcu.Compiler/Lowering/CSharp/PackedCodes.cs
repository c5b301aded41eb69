namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Codes or weights of 8, 4 or 2 bits, lowest bits first; all zero until they are set.</summary>
internal sealed class PackedCodes(int count, int bits)
{
    public byte[] Bytes { get; } = new byte[CodeLayout.LineBytes(count, bits)];

    /// <summary>Sets a code that is still zero; of negative ones the low bits.</summary>
    public void Set(int index, int code)
    {
        long position = (long)index * bits;
        Bytes[position / 8] |= (byte)((code & ((1 << bits) - 1)) << (int)(position % 8));
    }
}
