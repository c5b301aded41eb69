using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Collects the read-only data of one step, little-endian, sections on 8 bytes.</summary>
internal sealed class StepData
{
    private readonly List<byte> bytes = new();

    /// <summary>Appends codes or packed weights; returns their offset.</summary>
    public int Add(byte[] section)
    {
        int offset = Align();
        bytes.AddRange(section);
        return offset;
    }

    /// <summary>Appends int32 values; returns their offset in bytes.</summary>
    public int Add(IEnumerable<int> section)
    {
        int offset = Align();
        foreach (int value in section)
        {
            for (int shift = 0; shift < 32; shift += 8)
                bytes.Add((byte)(value >> shift));
        }

        return offset;
    }

    public byte[] ToArray()
    {
        Align();
        return bytes.ToArray();
    }

    /// <summary><paramref name="values"/> with zeros after them up to a multiple of <paramref name="multiple"/>.</summary>
    public static IEnumerable<int> Padded(IReadOnlyCollection<int> values, int multiple) =>
        values.Concat(Enumerable.Repeat(0, (multiple - (values.Count % multiple)) % multiple));

    private int Align()
    {
        while (bytes.Count % 8 != 0)
            bytes.Add(0);

        return bytes.Count;
    }
}
