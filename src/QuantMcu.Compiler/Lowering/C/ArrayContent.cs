using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Arrays of bytes and of 32-bit numbers are equal where type and content are.</summary>
internal sealed class ArrayContent : IEqualityComparer<Array>
{
    public static readonly ArrayContent Comparer = new();

    public bool Equals(Array? x, Array? y) => (x, y) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (int[] a, int[] b) => a.AsSpan().SequenceEqual(b),
        _ => ReferenceEquals(x, y),
    };

    public int GetHashCode(Array array) => array switch
    {
        byte[] bytes => bytes.Aggregate(17, (hash, value) => unchecked((hash * 31) + value)),
        int[] words => words.Aggregate(19, (hash, value) => unchecked((hash * 31) + value)),
        _ => 0,
    };
}
