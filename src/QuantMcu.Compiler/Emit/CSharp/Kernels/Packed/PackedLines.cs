using System;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>
/// Kernels that walk all operands alike, line by line: packed operands are unpacked into tiles of at most <see cref="Tile"/> codes,
/// a packed result is packed from one.
/// </summary>
internal sealed class PackedLines
{
    /// <summary>Codes that are unpacked at a time; lines may be longer.</summary>
    public const int Tile = 256;

    private readonly KernelWriter writer;
    private readonly Packing packing;
    private readonly string[] operands;

    /// <param name="writer">Where to.</param>
    /// <param name="packing">How operands and result lie.</param>
    /// <param name="operands">Names of the pointers to the operands; that to the result is <c>y</c>.</param>
    public PackedLines(KernelWriter writer, Packing packing, params string[] operands)
    {
        this.writer = writer;
        this.packing = packing;
        this.operands = operands;
    }

    /// <summary>Prints all lines of operands of one shape, or of a region, given what to print for neighbouring codes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="line">Name of the codes of a line where it matters in which channel a code is; else null.</param>
    /// <param name="body">Prints what happens to neighbouring codes.</param>
    public void Print(Step step, string? line, Action<LineCodes> body)
    {
        if (step.Region is { } region)
        {
            PrintRegion(region, line, body);
            return;
        }

        bool whole = line is null && packing.IsDense;
        if (whole)
        {
            DeclareTiles(Tile);
            Blocks(operands, "y", packing.Output.Elements, null, body);
            return;
        }

        DeclareTiles(packing.Output.Line);
        var moving = operands.Select((operand, i) => Moving(operand, packing.Inputs[i].Pitch)).Append(Moving("y", packing.Output.Pitch));
        using (writer.Block($"for (int line = 0; line < {packing.Output.Lines}; line++{string.Concat(moving)})"))
            Blocks(operands, "y", packing.Output.Line, line, body);
    }

    /// <summary>Prints the pixels of a region; a constant of one pixel, or of one code, serves all.</summary>
    private void PrintRegion(RegionImages region, string? line, Action<LineCodes> body)
    {
        DeclareTiles(packing.Output.Line);
        var single = region.Inputs.Select((image, i) => image.Pixel == 0 && packing.Inputs[i].Line == 1 && packing.Output.Line > 1).ToArray();
        RegionPrinter.Rows(writer, region, operands, (rows, y) =>
        {
            var moving = rows.Select((row, i) => region.Inputs[i].Pixel == 0 ? "" : Moving(row, region.Inputs[i].Pixel))
                .Append(Moving(y, region.Output.Pixel));
            using (writer.Block($"for (int p = 0; p < pixels; p++{string.Concat(moving)})"))
                Blocks(rows, y, packing.Output.Line, line, body, i => single[i]);
        });
    }

    /// <summary>Prints the loops of operands that broadcast, as <see cref="BinaryLoops"/> made them, or of a region.</summary>
    public void Print(Step step, LoopNest loops, Action<LineCodes> body)
    {
        if (step.Region is { } region)
        {
            PrintRegion(region, null, body);
            return;
        }

        DeclareTiles(loops.Row);
        NestPrinter.Print(
            writer, loops, operands, rows => Blocks(rows, "y", loops.Row, null, body, i => loops.RowStride(i) == 0), packing.Output.Pitch);
    }

    private static string Moving(string pointer, int bytes) => FormattableString.Invariant($", {pointer} += {bytes}");

    private void DeclareTiles(int codes)
    {
        int room = Math.Min(Tile, (codes + 7) / 8 * 8);
        var tiles = operands.Where((_, i) => packing.Inputs[i].IsPacked).Append("y").Where(name => name != "y" || packing.Output.IsPacked)
            .Select(name => FormattableString.Invariant($"{name}Codes = stackalloc byte[{room}]"));
        writer.Text($"byte* {string.Join(", ", tiles)};");
    }

    /// <summary>Prints what happens to a line: at once if it fits into a tile, else block by block.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="length">Codes of the line.</param>
    /// <param name="name">Name of a constant that says so, or null.</param>
    /// <param name="body">Prints a block, given the index of its first code and how many there are.</param>
    public static void Blocks(KernelWriter writer, int length, string? name, Action<string, string> body)
    {
        name ??= FormattableString.Invariant($"{length}");
        if (length <= Tile)
        {
            body("0", name);
            return;
        }

        using (writer.Block($"for (int first = 0; first < {name}; first += {Tile})"))
        {
            writer.Text($"int count = Math.Min({Tile}, {name} - first);");
            body("first", "count");
        }
    }

    private void Blocks(
        string[] lines, string y, int length, string? name, Action<LineCodes> body, Func<int, bool>? isSingle = null) =>
        Blocks(writer, length, name, (first, count) => Block(lines, y, first, count, body, isSingle ?? (_ => false)));

    private void Block(string[] lines, string y, string first, string count, Action<LineCodes> body, Func<int, bool> isSingle)
    {
        var codes = lines.Select((line, i) => isSingle(i) ? null : Unpacked(operands[i], line, packing.Inputs[i].Bits, first, count))
            .ToArray();
        bool packed = packing.Output.IsPacked;
        string result = packed ? "yCodes" : first == "0" ? y : $"({y} + {first})";
        body(new LineCodes(
            codes.Select((name, i) => name is null ? lines[i] + "[0]" : name + "[i]").ToArray(), codes.OfType<string>().ToArray(), result,
            first, count));
        if (packed)
        {
            string to = PackedPrinter.Address(packing.Output.Bits, y, first);
            writer.Line();
            writer.Text($"{writer.Use(PackedHelpers.Pack(packing.Output.Bits))}({result}, {count}, {to});");
        }
    }

    /// <summary>A pointer to the codes, one a byte.</summary>
    private string Unpacked(string operand, string line, int bits, string first, string count)
    {
        string from = PackedPrinter.Address(bits, line, first);
        if (bits == 8)
            return first == "0" ? line : $"({from})";

        writer.Text($"{writer.Use(PackedHelpers.Unpack(bits))}({from}, {count}, {operand}Codes);");
        return operand + "Codes";
    }
}

/// <summary>Neighbouring codes of a line, one a byte.</summary>
/// <param name="Elements">Expressions for code <c>i</c> of each operand.</param>
/// <param name="Pointers">Pointers to the codes of the operands that have one for every code of the result.</param>
/// <param name="Result">Pointer to where result codes go.</param>
/// <param name="First">Index of the first of them in the line.</param>
/// <param name="Count">How many.</param>
internal sealed record LineCodes(string[] Elements, string[] Pointers, string Result, string First, string Count);
