using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>
/// Prints patch stages and fused layers: the loops over their tiles, one function per branch that computes a tile, and the tables by which tiles
/// differ. Code does not grow with the number of tiles.
/// </summary>
/// <param name="writer">Takes the text.</param>
/// <param name="source">Prints what is in a tile as it does elsewhere.</param>
internal sealed class CTilePrinter(IndentedWriter writer, CSourcePrinter source)
{
    private readonly List<(string Name, string Text)> tables = new();

    /// <summary>Whether an image is larger than the numbers of a table usually are.</summary>
    public static bool NeedsWideExtents(CProgram program) => program.Parts.OfType<CTiles>().SelectMany(Extents).SelectMany(axis => axis)
        .Any(extent => extent.End > ushort.MaxValue);

    /// <summary>What tiles read and write beside the operands of their calls.</summary>
    public static IEnumerable<Storage> Places(CTiles tiles)
    {
        var places = tiles.Branches.SelectMany(branch => branch.Maps)
            .SelectMany(map => new[] { map.Storage, map.RowCache?.Storage, map.ColumnCache?.Storage }).OfType<Storage>();
        return tiles.Outliers is { } test ? places.Append(new Storage(StorageKind.Input, test.Input)) : places;
    }

    private static IEnumerable<ImmutableArray<TileExtent>> Extents(CTiles tiles) => tiles.Branches.SelectMany(branch => branch.Maps)
        .SelectMany(map => new[] { map.Rows, map.Columns }).Concat(tiles.Outliers is { } test ? [test.Rows, test.Columns] : []);

    /// <summary>Prints tables and functions.</summary>
    /// <param name="tiles">What runs tile by tile.</param>
    /// <param name="firstStep">Number of its first step among all of the program.</param>
    public void Functions(CTiles tiles, int firstStep)
    {
        for (int branch = 0; branch < tiles.Branches.Length; branch++)
        {
            Branch(tiles, branch, firstStep);
            firstStep += tiles.Branches[branch].Steps.Length;
        }

        if (tiles.Outliers is { } test)
        {
            Table("input_rows", [test.Rows], "what a row of tiles reads of the input");
            Table("input_columns", [test.Columns], "what a column of tiles reads of it");
        }

        if (tiles.Branches.Length > 1)
            Classes(tiles);
    }

    /// <summary>Prints the loops over all tiles.</summary>
    public void Loops(CTiles tiles)
    {
        if (tiles.Counts)
            writer.Text($"memset(patches, 0, {tiles.Branches.Length} * sizeof *patches);");

        using (writer.Block($"for (int32_t row = 0; row < {tiles.Grid.Rows}; ++row)"))
        using (writer.Block($"for (int32_t column = 0; column < {tiles.Grid.Columns}; ++column)"))
        {
            if (tiles.Branches.Length > 1)
                Choose(tiles);
            else if (tiles.Counts)
                writer.Raw("++patches[0];");

            for (int branch = 0; branch < tiles.Branches.Length; branch++)
                Call(tiles, branch);
        }
    }

    private void Choose(CTiles tiles)
    {
        writer.Text($"int32_t branch = classes[{tiles.Grid.Columns} * row + column];");
        if (tiles.Outliers is { } test)
        {
            string input = source.Pointer(new Storage(StorageKind.Input, test.Input));
            string rows = Named("input_rows", [test.Rows]), columns = Named("input_columns", [test.Columns]);
            writer.Text(
                $$"""
                if (qmcu_holds_outlier({{input}}, {{test.Pitch}}, {{test.Pixel}}, &{{rows}}[row], &{{columns}}[column], {{test.Low}}, {{test.High}}, {{(test.Signed ? 128 : 0)}}))
                    branch = 0;

                """);
        }

        writer.Raw("++patches[branch];");
    }

    private void Call(CTiles tiles, int branch)
    {
        bool several = tiles.Branches.Length > 1, last = branch == tiles.Branches.Length - 1;
        if (several)
            writer.Raw(last ? "else" : FormattableString.Invariant($"{(branch == 0 ? "if" : "else if")} (branch == {branch})"));

        string arguments = string.Concat(Memory(tiles, branch).Select(memory => memory.Name + ", "));
        writer.Text($"{(several ? "    " : "")}tile_{tiles.FirstBranch + branch}({arguments}row, column);");
    }

    private IEnumerable<(string Name, string Declaration)> Memory(CTiles tiles, int branch)
    {
        var one = tiles with { Branches = [tiles.Branches[branch]], Outliers = null };
        var memory = source.Used(CSourcePrinter.Places([one]));
        return one.AllSteps.Any(step => step.StackScratchBytes > 0) ? memory.Append(("scratch", "uint8_t *scratch")) : memory;
    }

    private void Branch(CTiles tiles, int index, int firstStep)
    {
        var branch = tiles.Branches[index];
        int number = tiles.FirstBranch + index;
        string rows = Table(FormattableString.Invariant($"rows_{number}"), Rows(branch), "of every row of tiles, the rows of every map");
        string columns = Table(FormattableString.Invariant($"columns_{number}"), Columns(branch), "of every column of tiles, the columns of every map");
        string memory = string.Concat(Memory(tiles, index).Select(name => name.Declaration + ", "));
        writer.Text($"/* A tile{(tiles.Branches.Length > 1 ? FormattableString.Invariant($" in branch {index}") : "")} of: {tiles.Title} */");
        using (writer.Block($"QMCU_SHARED void tile_{number}({memory}int32_t row, int32_t column)"))
        {
            writer.Text($"const qmcu_extent *rows = {rows} + {branch.Maps.Length} * row, *columns = {columns} + {branch.Maps.Length} * column;");
            for (int i = 0; i < branch.Steps.Length; i++)
                Step(branch, branch.Steps[i], firstStep + i);
        }

        writer.Line();
    }

    private static ImmutableArray<TileExtent>[] Rows(CBranch branch) => branch.Maps.Select(map => map.Rows).ToArray();

    private static ImmutableArray<TileExtent>[] Columns(CBranch branch) => branch.Maps.Select(map => map.Columns).ToArray();

    private void Step(CBranch branch, CTileStep tile, int number)
    {
        var map = branch.Maps[tile.Output];
        string name = FormattableString.Invariant($"map_{tile.Output}");
        writer.Text(
            $$"""

            /* {{name}}: {{map.Title}} */
            const qmcu_map {{name}} = qmcu_open({{source.Pointer(map.Storage)}}, {{map.Pitch}}, {{map.Pixel}}, &rows[{{tile.Output}}], &columns[{{tile.Output}}]);
            """);
        Move("load_columns", map.ColumnCache);
        Move("load_rows", map.RowCache);
        bool mayBeEmpty = map.Rows.Concat(map.Columns).Any(extent => extent.Fresh >= extent.End);
        source.Step(number, mayBeEmpty ? "if (qmcu_has_fresh(&" + name + "))" : "");
        Move("save_rows", map.RowCache);
        Move("save_columns", map.ColumnCache);

        void Move(string helper, HaloCache? cache)
        {
            if (cache is not null)
                writer.Text($"qmcu_{helper}(&{name}, {source.Pointer(cache.Storage)}, {cache.Pitch});");
        }
    }

    private void Classes(CTiles tiles)
    {
        writer.Raw("/* The branch of every tile. */");
        writer.Text($"static const uint8_t classes[{tiles.Grid.Tiles}] = {{");
        for (int row = 0; row < tiles.Grid.Rows; row++)
        {
            writer.Raw("    " + string.Join(" ", tiles.Classes.Skip(row * tiles.Grid.Columns).Take(tiles.Grid.Columns)
                .Select(branch => branch.ToString(CultureInfo.InvariantCulture) + ",")));
        }

        writer.Raw("};\n");
    }

    /// <summary>Prints a table of the extents of all maps for one tile after another, a line each.</summary>
    /// <returns>Its name, or that of an equal one which there is already.</returns>
    private string Table(string name, ImmutableArray<TileExtent>[] maps, string title)
    {
        string text = Lines(maps), known = Named(name, maps);
        if (tables.Any(table => table.Text == text))
            return known;

        tables.Add((name, text));
        writer.Text($"/* {char.ToUpperInvariant(title[0])}{title.Substring(1)}: begin, fresh, end, keep. */");
        writer.Text($"static const qmcu_extent {name}[{maps.Length * maps[0].Length}] = {{");
        writer.Raw(text);
        writer.Raw("};\n");
        return name;
    }

    private string Named(string name, ImmutableArray<TileExtent>[] maps)
    {
        string text = Lines(maps);
        return tables.Where(table => table.Text == text).Select(table => table.Name).DefaultIfEmpty(name).First();
    }

    private static string Lines(ImmutableArray<TileExtent>[] maps) => string.Join("\n", Enumerable.Range(0, maps[0].Length).Select(tile =>
        "    " + string.Join(" ", maps.Select(map => map[tile])
            .Select(extent => FormattableString.Invariant($"{{{extent.Begin}, {extent.Fresh}, {extent.End}, {extent.Keep}}},")))));
}
