using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>Read-only arrays of an emitted network. Equal arrays are one.</summary>
internal sealed class CData
{
    private const int WidestLine = 120;

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly StringBuilder text = new();

    /// <summary>Bytes of all arrays.</summary>
    public int TotalBytes { get; private set; }

    /// <summary>Name of an array of bytes on a word, or 0 for an empty one.</summary>
    public string Bytes(string name, byte[] data) =>
        Array("uint8_t", name, data.Select(value => value.ToString(CultureInfo.InvariantCulture)), data.Length, data.Length);

    /// <summary>Name of an array of 32-bit numbers, or 0 for an empty one.</summary>
    public string Words(string name, int[] data) => Array("int32_t", name, data.Select(Literal), data.Length, 4 * data.Length);

    public override string ToString() => text.ToString();

    /// <summary>The smallest int32 has no literal of its own.</summary>
    public static string Literal(int value) =>
        value == int.MinValue ? "-2147483647 - 1" : value.ToString(CultureInfo.InvariantCulture);

    private string Array(string type, string name, IEnumerable<string> values, int count, int bytes)
    {
        if (count == 0)
            return "0";

        string body = Lines(values);
        string key = type + body;
        if (names.TryGetValue(key, out string? known))
            return known;

        names.Add(key, name);
        TotalBytes = checked(TotalBytes + bytes);
        text.Append("\nstatic const ").Append(type).Append(' ').Append(name).Append('[').Append(count.ToString(CultureInfo.InvariantCulture))
            .Append("] QMCU_WORDS = {\n").Append(body).Append("};\n");
        return name;
    }

    private static string Lines(IEnumerable<string> values)
    {
        var lines = new StringBuilder();
        int width = 0;
        foreach (string value in values)
        {
            if (width > 0 && width + value.Length + 2 > WidestLine)
            {
                lines.Append('\n');
                width = 0;
            }

            lines.Append(width == 0 ? "    " : " ").Append(value).Append(',');
            width += value.Length + (width == 0 ? 5 : 2);
        }

        return lines.Append('\n').ToString();
    }
}
