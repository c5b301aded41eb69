using System;
using System.Globalization;
using System.Text;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>
/// Prints read-only data. Eight bytes to a literal: the compiler puts the array into the assembly's data section (no allocation,
/// no start-up code) and spends its time per literal.
/// </summary>
internal static class DataPrinter
{
    private const int PerLine = 8;

    public static void Print(IndentedWriter writer, string name, byte[] bytes)
    {
        if (bytes.Length == 0)
            return;

        writer.Line();
        using (writer.Block($"private static ReadOnlySpan<ulong> {name} => new ulong[]"))
        {
            var line = new StringBuilder();
            for (int start = 0; start < bytes.Length; start += 8 * PerLine)
            {
                line.Clear();
                for (int i = start; i < Math.Min(bytes.Length, start + (8 * PerLine)); i += 8)
                    line.Append("0x").Append(Word(bytes, i).ToString("x", CultureInfo.InvariantCulture)).Append(", ");

                writer.Raw(line.ToString());
            }
        }

        writer.Raw(";");
    }

    private static ulong Word(byte[] bytes, int start)
    {
        ulong word = 0;
        for (int i = Math.Min(bytes.Length, start + 8) - 1; i >= start; i--)
            word = (word << 8) | bytes[i];

        return word;
    }
}
