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

    /// <summary>Prints all lines of operands of one shape, given what to print for neighbouring codes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="sameForAllChannels">Where a code stands in its line does not matter.</param>
    /// <param name="body">Prints what happens to neighbouring codes.</param>
    public void Print(Step step, bool sameForAllChannels, Action<LineCodes> body)
    {
        bool whole = sameForAllChannels && packing.IsDense;
        if (whole)
        {
            DeclareTiles(Tile);
            Blocks(operands, "y", packing.Output.Elements, body);
            return;
        }

        DeclareTiles(packing.Output.Line);
        var moving = operands.Select((operand, i) => Moving(operand, packing.Inputs[i].Pitch)).Append(Moving("y", packing.Output.Pitch));
        using (writer.Block($"for (int line = 0; line < {packing.Output.Lines}; line++{string.Concat(moving)})"))
            Blocks(operands, "y", packing.Output.Line, body);
    }

    /// <summary>Prints the loops of operands that broadcast: as <see cref="BinaryLoops"/> made them.</summary>
    public void Print(LoopNest loops, Action<LineCodes> body)
    {
        DeclareTiles(loops.Row);
        NestPrinter.Print(writer, loops, operands, rows => Blocks(rows, "y", loops.Row, body, loops), packing.Output.Pitch);
    }

    private static string Moving(string pointer, int bytes) => FormattableString.Invariant($", {pointer} += {bytes}");

    private void DeclareTiles(int codes)
    {
        int room = Math.Min(Tile, (codes + 7) / 8 * 8);
        var tiles = operands.Where((_, i) => packing.Inputs[i].IsPacked).Append("y").Where(name => name != "y" || packing.Output.IsPacked)
            .Select(name => FormattableString.Invariant($"{name}Codes = stackalloc byte[{room}]"));
        writer.Text($"byte* {string.Join(", ", tiles)};");
    }

    /// <summary>A line that fits into a tile at once, a longer one in blocks.</summary>
    private void Blocks(string[] lines, string y, int length, Action<LineCodes> body, LoopNest? loops = null)
    {
        if (length <= Tile)
        {
            Block(lines, y, "0", FormattableString.Invariant($"{length}"), body, loops);
            return;
        }

        using (writer.Block($"for (int first = 0; first < {length}; first += {Tile})"))
        {
            writer.Text($"int count = Math.Min({Tile}, {length} - first);");
            Block(lines, y, "first", "count", body, loops);
        }
    }

    private void Block(string[] lines, string y, string first, string count, Action<LineCodes> body, LoopNest? loops)
    {
        var codes = lines.Select((line, i) => loops is not null && loops.RowStride(i) == 0
            ? null
            : Unpacked(operands[i], line, packing.Inputs[i].Bits, first, count)).ToArray();
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
