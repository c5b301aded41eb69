using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>Read-only arrays of an emitted class, which nanoFramework copies to its heap. Equal arrays are one.</summary>
internal sealed class NanoArrays
{
    private const int WidestLine = 112;

    private readonly Dictionary<string, string> names = new(System.StringComparer.Ordinal);
    private readonly List<(string Header, string Values)> arrays = new();

    /// <summary>Bytes of all arrays.</summary>
    public int TotalBytes { get; private set; }

    public int Count => arrays.Count;

    /// <summary>Name of an array of bytes, or null where it is empty.</summary>
    public string Bytes(string name, byte[] data) => Array("byte", 1, name, data.Select(value => (int)value).ToArray());

    /// <summary>Name of an array of 32-bit numbers, or null where it is empty.</summary>
    public string Ints(string name, int[] data) => Array("int", 4, name, data);

    public void Print(IndentedWriter writer)
    {
        foreach (var (header, values) in arrays)
        {
            writer.Line();
            writer.Text($"private static readonly {header} =");
            using (writer.Braces())
                writer.Raw(values);

            writer.Raw(";");
        }
    }

    private string Array(string type, int size, string name, int[] data)
    {
        if (data.Length == 0)
            return "null";

        string values = Lines(data);
        string key = type + values;
        if (names.TryGetValue(key, out string? known))
            return known;

        names.Add(key, name);
        arrays.Add((type + "[] " + name, values));
        TotalBytes = checked(TotalBytes + (size * data.Length));
        return name;
    }

    private static string Lines(int[] data)
    {
        var lines = new StringBuilder();
        int width = 0;
        foreach (int value in data)
        {
            string text = value.ToString(CultureInfo.InvariantCulture);
            if (width + text.Length + 2 > WidestLine)
            {
                lines.Append('\n');
                width = 0;
            }

            lines.Append(text).Append(", ");
            width += text.Length + 2;
        }

        return lines.ToString();
    }
}
