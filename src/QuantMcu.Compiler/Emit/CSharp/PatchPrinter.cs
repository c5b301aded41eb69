using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp.Kernels;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>
/// Prints a patch stage, or a fused step: the loops over its tiles, one method per branch that computes a tile, and the tables by which tiles
/// differ. Code does not grow with the number of tiles.
/// </summary>
/// <param name="stage">The stage.</param>
/// <param name="writer">Takes the text.</param>
/// <param name="pointers">Names what is read and written.</param>
/// <param name="firstBranch">Number of the first branch, among all of the program: methods and tables are named by it.</param>
internal sealed class PatchPrinter(PatchProgram stage, KernelWriter writer, Pointers pointers, int firstBranch = 0)
{
    private readonly List<(string Name, string Text)> tables = new();

    public PatchPrinter(FusedStep step, KernelWriter writer, Pointers pointers)
        : this(step.Tiles, writer, pointers, step.Branch)
    {
    }

    /// <summary>Prints the loops over all tiles.</summary>
    /// <param name="what">What the loops compute, for people.</param>
    /// <param name="counts">Whether the method has a parameter <c>patches</c> that counts tiles by branch.</param>
    public void Loops(string what, bool counts)
    {
        string halo = stage.Grid.Tiles == 1 ? "" : stage.Halo == Halo.Cache ? ", halos kept for the next tile" : ", halos computed again";
        writer.Text($"// {what}: {stage.Grid} tiles of {stage.Title}{halo}.");
        if (counts)
            writer.Text($"new Span<int>(patches, patches is null ? 0 : {stage.Branches.Length}).Clear();");

        using (writer.Block($"for (int row = 0; row < {stage.Grid.Rows}; row++)"))
        using (writer.Block($"for (int column = 0; column < {stage.Grid.Columns}; column++)"))
            Tile(counts);
    }

    private void Tile(bool counts)
    {
        string Call(int branch) => FormattableString.Invariant($"Tile{firstBranch + branch}({pointers.Arguments}, row, column);");
        if (counts || stage.Branches.Length > 1)
        {
            string @class = stage.Branches.Length > 1 ? $"Classes[(row * {Number(stage.Grid.Columns)}) + column]" : "0";
            if (stage.Outliers is { } test)
                @class = $"HoldsOutlier({pointers.To(new(Lowering.StorageKind.Input, test.Input))}, row, column) ? 0 : " + @class;

            writer.Raw($"int branch = {@class};");
        }

        if (counts)
        {
            writer.Raw(
                """
                if (patches is not null)
                    patches[branch]++;

                """);
        }

        for (int branch = 0; branch < stage.Branches.Length; branch++)
        {
            bool last = branch == stage.Branches.Length - 1;
            if (!last)
                writer.Text($"{(branch == 0 ? "if" : "else if")} (branch == {branch})");
            else if (branch > 0)
                writer.Raw("else");

            writer.Raw((stage.Branches.Length > 1 ? "    " : "") + Call(branch));
        }
    }

    /// <summary>Prints the methods of all branches and the tables.</summary>
    /// <param name="firstStep">Number of the first step of a branch, among all steps of the program.</param>
    public void Methods(Func<int, int> firstStep)
    {
        for (int branch = 0; branch < stage.Branches.Length; branch++)
        {
            writer.Line();
            Branch(branch, firstStep(branch));
        }

        if (stage.Outliers is { } test)
        {
            writer.Line();
            Outliers(test);
        }

        foreach (var (name, text) in tables)
        {
            writer.Line();
            using (writer.Block($"private static ReadOnlySpan<int> {name} => new int[]"))
                writer.Raw(text);

            writer.Raw(";");
        }
    }

    private void Branch(int index, int firstStep)
    {
        var branch = stage.Branches[index];
        writer.Text($"/// <summary>Computes a tile{(stage.Branches.Length > 1 ? $" in branch {Number(index)}" : "")}.</summary>");
        using (writer.Block($"private static void Tile{firstBranch + index}({pointers.Parameters}, int row, int column)"))
        {
            string rows = Table("Rows", firstBranch + index, branch.Maps.Select(map => map.Rows).ToArray());
            string columns = Table("Columns", firstBranch + index, branch.Maps.Select(map => map.Columns).ToArray());
            writer.Use(TileHelpers.Extents);
            writer.Text($"Extent* rows = Extents({rows}, row, maps: {branch.Maps.Length});");
            writer.Text($"Extent* columns = Extents({columns}, column, maps: {branch.Maps.Length});");
            for (int i = 0; i < branch.Steps.Length; i++)
            {
                writer.Line();
                Step(branch, branch.Steps[i], firstStep + i);
            }
        }
    }

    private void Step(BranchProgram branch, TileStep call, int number)
    {
        var map = branch.Maps[call.Output];
        string name = "map" + Number(call.Output);
        writer.Text($"// {name}: {map.Title}");
        writer.Text(
            $$"""
            Map {{name}} = {{writer.Use(TileHelpers.Open)}}(
                {{pointers.To(map.Storage)}}, pitch: {{map.Pitch}}, pixel: {{map.Pixel}}, rows[{{call.Output}}], columns[{{call.Output}}]);
            """);
        Move(TileHelpers.LoadColumns, map.ColumnCache);
        Move(TileHelpers.LoadRows, map.RowCache);
        var arguments = call.Step.Inputs.Select((place, i) =>
            call.Inputs[i] < 0 ? pointers.To(place) : "map" + Number(call.Inputs[i]) + ".Pixels");
        bool mayBeEmpty = map.Rows.Concat(map.Columns).Any(extent => extent.Fresh >= extent.End);
        if (mayBeEmpty)
            writer.Text($"if ({name}.HasFresh)");

        writer.Text($"{(mayBeEmpty ? "    " : "")}Layer{number}({string.Join(", ", arguments)}, {name}.Pixels, {name}.Fresh);");
        Move(TileHelpers.SaveRows, map.RowCache);
        Move(TileHelpers.SaveColumns, map.ColumnCache);

        void Move(Helper helper, HaloCache? cache)
        {
            if (cache is not null)
                writer.Text($"{writer.Use(helper)}({name}, {pointers.To(cache.Storage)}, pitch: {cache.Pitch});");
        }
    }

    private void Outliers(OutlierTest test)
    {
        writer.Use(TileHelpers.Extents);
        string type = test.Signed ? "sbyte" : "byte";
        int offset = test.Signed ? 128 : 0;
        writer.Text(
            $$"""
            /// <summary>Whether the part of the input that a tile reads holds a code below {{test.Low}} or above {{test.High}}.</summary>
            private static bool HoldsOutlier(byte* input, int row, int column)
            {
                Extent* rows = Extents({{Table("InputRows", 0, [test.Rows])}}, row, maps: 1);
                Extent* columns = Extents({{Table("InputColumns", 0, [test.Columns])}}, column, maps: 1);
                for (int iy = rows->Begin; iy < rows->End; iy++)
                {
                    byte* first = input + (iy * {{test.Pitch}}) + (columns->Begin * {{test.Pixel}});
                    var codes = new ReadOnlySpan<{{type}}>(first, (columns->End - columns->Begin) * {{test.Pixel}});
                    if (codes.IndexOfAnyExceptInRange(({{type}}){{test.Low - offset}}, ({{type}}){{test.High - offset}}) >= 0)
                        return true;
                }

                return false;
            }
            """);
    }

    /// <summary>Prints the branch of every tile, laid out as the tiles are.</summary>
    public void Classes()
    {
        writer.Line();
        writer.Raw("/// <summary>The branch of every tile.</summary>");
        using (writer.Block($"public static ReadOnlySpan<byte> Classes => new byte[]"))
        {
            for (int row = 0; row < stage.Grid.Rows; row++)
                writer.Raw(string.Concat(Enumerable.Range(0, stage.Grid.Columns).Select(column => Number(stage.Classes[(row * stage.Grid.Columns) + column]) + ", ")));
        }

        writer.Raw(";");
    }

    /// <summary>A table with the extents of all maps for one tile after another, a line each; returns its name, an older one where it is equal.</summary>
    private string Table(string prefix, int number, ImmutableArray<TileExtent>[] maps)
    {
        var lines = Enumerable.Range(0, maps[0].Length).Select(tile => string.Join("  ", maps.Select(map => map[tile])
            .Select(extent => FormattableString.Invariant($"{extent.Begin}, {extent.Fresh}, {extent.End}, {extent.Keep},"))));
        string text = string.Join("\n", lines);
        foreach (var (known, other) in tables)
        {
            if (other == text)
                return known;
        }

        tables.Add((prefix + Number(number), text));
        return prefix + Number(number);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
