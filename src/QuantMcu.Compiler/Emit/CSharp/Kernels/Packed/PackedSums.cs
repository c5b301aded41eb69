using System;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Requantized sums of lines, for means over windows and axes.</summary>
internal static class PackedSums
{
    private static readonly Helper Sum4 = Of(4);

    private static readonly Helper Sum2 = Of(2);

    /// <summary>Declares <c>sums</c> and, for packed results, <c>yCodes</c>.</summary>
    public static void DeclareTiles(KernelWriter writer, int bits)
    {
        writer.Text($"int* sums = stackalloc int[{SumHelpers.Block}];");
        if (bits < 8)
            writer.Text($"byte* yCodes = stackalloc byte[{SumHelpers.Block}];");
    }

    /// <summary>Prints one line of the result.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bits">Of the input.</param>
    /// <param name="resultBits">Of the result.</param>
    /// <param name="line">Codes of a line.</param>
    /// <param name="x">The first line that is summed.</param>
    /// <param name="lines">Which lines are: rows, row step, columns, column step.</param>
    /// <param name="y">The line of the result.</param>
    /// <param name="zero">What the zero points of the summed codes add up to.</param>
    /// <param name="multiplier">Multiplier of the requantization <c>to</c>.</param>
    public static void Print(
        KernelWriter writer, int bits, int resultBits, string line, string x, string lines, string y, string zero, string multiplier)
    {
        string sum = writer.Use(bits == 8 ? SumHelpers.Sum : bits == 4 ? Sum4 : Sum2);
        string result = resultBits == 8 ? $"({y})[first + c]" : "yCodes[c]";
        using (writer.Block($"for (int first = 0; first < {line}; first += {SumHelpers.Block})"))
        {
            writer.Text(
                $$"""
                int channels = Math.Min({{SumHelpers.Block}}, {{line}} - first);
                {{sum}}({{PackedPrinter.Address(bits, x, "first")}}, {{lines}}, channels, sums);
                for (int c = 0; c < channels; c++)
                    {{result}} = {{writer.Use(RequantizeHelpers.One)}}(sums[c] - ({{zero}}), {{multiplier}}, to);
                """);
            if (resultBits < 8)
            {
                writer.Line();
                writer.Text($"{writer.Use(PackedHelpers.Pack(resultBits))}(yCodes, channels, {PackedPrinter.Address(resultBits, y, "first")});");
            }
        }
    }

    private static Helper Of(int bits)
    {
        var unpack = PackedHelpers.Unpack(bits);
        return new(
            FormattableString.Invariant($"Sum{bits}"),
            $$"""
            /// <summary>Sums of up to 64 neighbouring channels of {{bits}} bits over rows x columns.</summary>
            [SkipLocalsInit]
            private static void Sum{{bits}}(byte* x, int rows, int rowStep, int columns, int columnStep, int channels, int* sums)
            {
                byte* codes = stackalloc byte[64];
                new Span<int>(sums, channels).Clear();
                for (int row = 0; row < rows; row++)
                {
                    byte* from = x + (row * rowStep);
                    for (int column = 0; column < columns; column++, from += columnStep)
                    {
                        {{unpack.Name}}(from, channels, codes);
                        for (int c = 0; c < channels; c++)
                            sums[c] += codes[c];
                    }
                }
            }
            """,
            unpack);
    }
}
