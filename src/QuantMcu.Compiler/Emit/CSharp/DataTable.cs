using System;
using System.Collections.Generic;
using System.Globalization;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>The read-only data of an emitted file. Equal data is stored once, under the name that it got first.</summary>
internal sealed class DataTable
{
    private readonly List<(string Name, byte[] Bytes)> entries = new();

    /// <summary>Positions in <see cref="entries"/> by a checksum of the bytes.</summary>
    private readonly Dictionary<uint, List<int>> byChecksum = new();

    /// <summary>What to store, in the order in which it was asked for.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Entries => entries;

    /// <summary>The name under which bytes are stored: <paramref name="prefix"/> and a number where they are new.</summary>
    public string Name(string prefix, int number, byte[] bytes)
    {
        uint checksum = Checksum(bytes);
        if (!byChecksum.TryGetValue(checksum, out var candidates))
            byChecksum.Add(checksum, candidates = new List<int>());

        foreach (int candidate in candidates)
        {
            if (entries[candidate].Bytes.AsSpan().SequenceEqual(bytes))
                return entries[candidate].Name;
        }

        candidates.Add(entries.Count);
        string name = prefix + number.ToString(CultureInfo.InvariantCulture);
        entries.Add((name, bytes));
        return name;
    }

    /// <summary>FNV-1a.</summary>
    private static uint Checksum(byte[] bytes)
    {
        uint checksum = 2166136261;
        foreach (byte value in bytes)
            checksum = unchecked((checksum ^ value) * 16777619);

        return checksum;
    }
}
