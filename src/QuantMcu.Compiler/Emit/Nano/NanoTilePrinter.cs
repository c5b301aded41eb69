using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Nano.Kernels;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>
/// Prints a patch stage, or a fused step: the loops over its tiles, one method per branch that computes a tile, and the tables by which tiles
/// differ. Code does not grow with the number of tiles.
/// </summary>
/// <param name="stage">The stage.</param>
/// <param name="writer">Takes the text.</param>
/// <param name="firstBranch">Number of the first branch, among all of the program: methods and tables are named by it.</param>
internal sealed class NanoTilePrinter(PatchProgram stage, NanoWriter writer, int firstBranch)
{
    private const int PerMap = 4;

    /// <summary>Prints the loops over all tiles.</summary>
    /// <param name="what">What the loops compute, for people.</param>
    /// <param name="counts">Whether there is an array <c>patches</c>, or null, that counts tiles by branch.</param>
    public void Loops(string what, bool counts)
    {
        string halo = stage.Grid.Tiles == 1 ? "" : stage.Halo == Halo.Cache ? ", halos kept for the next tile" : ", halos computed again";
        writer.Text($"// {what}: {stage.Grid} tiles of {stage.Title}{halo}.");
        if (counts)
        {
            writer.Text(
                $$"""
                if (patches != null)
                    global::System.Array.Clear(patches, 0, {{stage.Branches.Length}});

                """);
        }

        using (writer.Block($"for (int row = 0; row < {stage.Grid.Rows}; row++)"))
        using (writer.Block($"for (int column = 0; column < {stage.Grid.Columns}; column++)"))
            Tile(counts);
    }

    private void Tile(bool counts)
    {
        if (counts || stage.Branches.Length > 1)
        {
            string classes = stage.Branches.Length == 1 ? "0" : writer.Arrays.Bytes(
                "Classes", [.. stage.Classes.Select(branch => (byte)branch)]) + FormattableString.Invariant($"[(row * {stage.Grid.Columns}) + column]");
            writer.Raw($"int branch = {classes};");
            if (stage.Outliers is { } test)
                Outlier(test);
        }

        if (counts)
        {
            writer.Raw(
                """
                if (patches != null)
                    patches[branch] = patches[branch] + 1;

                """);
        }

        for (int branch = 0; branch < stage.Branches.Length; branch++)
        {
            bool last = branch == stage.Branches.Length - 1;
            if (!last)
                writer.Text($"{(branch == 0 ? "if" : "else if")} (branch == {branch})");
            else if (branch > 0)
                writer.Raw("else");

            string indent = stage.Branches.Length > 1 ? "    " : "";
            writer.Raw(indent + FormattableString.Invariant($"Tile{firstBranch + branch}(input, output, row, column);"));
        }
    }

    private void Outlier(OutlierTest test)
    {
        string rows = Table("InputRows", [test.Rows]), columns = Table("InputColumns", [test.Columns]);
        writer.Text(
            $$"""
            if ({{writer.Use(NanoTiles.Outlier)}}(
                {{writer.To(new Storage(StorageKind.Input, test.Input))}}, pitch: {{test.Pitch}}, pixel: {{test.Pixel}}, flip: {{(test.Signed ? 128 : 0)}},
                low: {{test.Low}}, high: {{test.High}},
                {{rows}}[{{PerMap}} * row], {{rows}}[({{PerMap}} * row) + 2], {{columns}}[{{PerMap}} * column], {{columns}}[({{PerMap}} * column) + 2]))
            {
                branch = 0;
            }

            """);
    }

    /// <summary>Prints the methods of all branches.</summary>
    /// <param name="firstStep">Number of the first step of a branch, among all steps of the program.</param>
    public void Methods(Func<int, int> firstStep)
    {
        for (int index = 0; index < stage.Branches.Length; index++)
        {
            var branch = stage.Branches[index];
            string rows = Table("Rows" + NanoWriter.Number(firstBranch + index), branch.Maps.Select(map => map.Rows).ToArray());
            string columns = Table("Columns" + NanoWriter.Number(firstBranch + index), branch.Maps.Select(map => map.Columns).ToArray());
            writer.Line();
            writer.Text($"/// <summary>Computes a tile{(stage.Branches.Length > 1 ? $" in branch {NanoWriter.Number(index)}" : "")}.</summary>");
            using (writer.Block($"private static void Tile{firstBranch + index}(byte[] input, byte[] output, int row, int column)"))
            {
                writer.Text(
                    $$"""
                    int[] rows = {{rows}}, columns = {{columns}};
                    int r = row * {{PerMap * branch.Maps.Length}}, c = column * {{PerMap * branch.Maps.Length}};
                    """);
                for (int i = 0; i < branch.Steps.Length; i++)
                {
                    writer.Line();
                    Step(branch, branch.Steps[i], firstStep(index) + i);
                }
            }
        }
    }

    private void Step(BranchProgram branch, TileStep call, int number)
    {
        var map = branch.Maps[call.Output];
        string name = Name(call.Output), r = At("r", call.Output, 0), c = At("c", call.Output, 0);
        writer.Text($"// {name}: {map.Title}");
        writer.Text($"int {name} = {writer.StartOf(map.Storage)} - (rows[{r}] * {map.Pitch}) - (columns[{c}] * {map.Pixel});");
        Move(NanoTiles.LoadColumns, map.ColumnCache);
        Move(NanoTiles.LoadRows, map.RowCache);
        var arguments = call.Step.Inputs.Select((place, i) =>
            call.Inputs[i] < 0 ? writer.To(place) : writer.ArrayOf(branch.Maps[call.Inputs[i]].Storage) + ", " + Name(call.Inputs[i]));
        string top = $"rows[{At("r", call.Output, 1)}]", bottom = $"rows[{At("r", call.Output, 2)}]";
        string left = $"columns[{At("c", call.Output, 1)}]", right = $"columns[{At("c", call.Output, 2)}]";
        writer.Text(
            $$"""
            Layer{{number}}(
                {{string.Join(", ", arguments)}}, {{writer.ArrayOf(map.Storage)}}, {{name}},
                {{top}}, {{bottom}}, {{left}}, {{right}});
            """);
        Move(NanoTiles.SaveRows, map.RowCache);
        Move(NanoTiles.SaveColumns, map.ColumnCache);

        void Move(Helper helper, HaloCache? cache)
        {
            if (cache is not null)
                writer.Text($"{writer.Use(helper)}({name}, {map.Pitch}, {map.Pixel}, rows, {r}, columns, {c}, {writer.StartOf(cache.Storage)}, {cache.Pitch});");
        }
    }

    private static string Name(int map) => "map" + NanoWriter.Number(map);

    private static string At(string tile, int map, int part) =>
        (PerMap * map) + part == 0 ? tile : tile + " + " + NanoWriter.Number((PerMap * map) + part);

    /// <summary>The extents of all maps for one tile after another.</summary>
    private string Table(string name, ImmutableArray<TileExtent>[] maps) => writer.Arrays.Ints(
        name,
        [.. Enumerable.Range(0, maps[0].Length).SelectMany(tile => maps.SelectMany(map => Parts(map[tile])))]);

    private static IEnumerable<int> Parts(TileExtent extent) => [extent.Begin, extent.Fresh, extent.End, extent.Keep];
}
