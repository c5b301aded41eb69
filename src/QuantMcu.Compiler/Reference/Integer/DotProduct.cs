using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>
/// Sum of products of weights and codes. In vectors where there are enough of them: every product fits 16 bits (255 * 128 = 32640), and sums
/// of int32 are the same in any order, so this is the plain loop, only sooner.
/// </summary>
internal static class DotProduct
{
    public static int Of(ReadOnlySpan<sbyte> weights, ReadOnlySpan<byte> codes)
    {
        int sum = 0, vectors = weights.Length / Vector<sbyte>.Count;
        if (vectors > 0)
            sum = OfVectors(MemoryMarshal.Cast<sbyte, Vector<sbyte>>(weights), MemoryMarshal.Cast<byte, Vector<byte>>(codes), vectors);

        for (int i = vectors * Vector<sbyte>.Count; i < weights.Length; i++)
            sum += weights[i] * codes[i];

        return sum;
    }

    private static int OfVectors(ReadOnlySpan<Vector<sbyte>> weights, ReadOnlySpan<Vector<byte>> codes, int count)
    {
        var sums = Vector<int>.Zero;
        for (int i = 0; i < count; i++)
        {
            Vector.Widen(weights[i], out Vector<short> lowWeights, out Vector<short> highWeights);
            Vector.Widen(codes[i], out Vector<ushort> lowCodes, out Vector<ushort> highCodes);
            Vector.Widen(lowWeights * Vector.AsVectorInt16(lowCodes), out Vector<int> a, out Vector<int> b);
            Vector.Widen(highWeights * Vector.AsVectorInt16(highCodes), out Vector<int> c, out Vector<int> d);
            sums += (a + b) + (c + d);
        }

        int sum = 0;
        for (int i = 0; i < Vector<int>.Count; i++)
            sum += sums[i];

        return sum;
    }
}
