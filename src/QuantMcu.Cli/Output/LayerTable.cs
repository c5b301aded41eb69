using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reports;
using Spectre.Console;

namespace QuantMcu.Cli.Output;

/// <summary>A table of a network's layers, one row a node, with a total.</summary>
internal static class LayerTable
{
    private const int LongestName = 40;

    /// <param name="terminal">Where to.</param>
    /// <param name="costs">The layers, in execution order.</param>
    /// <param name="rangeTitle">What the ranges are of.</param>
    /// <param name="range">The range of a layer, or null where it has none.</param>
    public static void Write(
        Terminal terminal, ImmutableArray<LayerCost> costs, string rangeTitle, System.Func<Node, (double Min, double Max)?> range)
    {
        var table = new Table { Border = terminal.OutputIsInteractive ? TableBorder.Rounded : TableBorder.None };
        table.AddColumn(new TableColumn("#").RightAligned());
        table.AddColumn("operator");
        table.AddColumn("output");
        table.AddColumn(new TableColumn("MACs").RightAligned());
        table.AddColumn(new TableColumn("parameters").RightAligned());
        table.AddColumn(rangeTitle);
        table.AddColumn("name");
        for (int i = 0; i < costs.Length; i++)
        {
            var (node, macs, parameters) = costs[i];
            AddRow(
                table,
                Numbers.Text(i),
                OperatorText.Of(node),
                node.Output.Shape.ToString(),
                Count(macs),
                Count(parameters),
                range(node) is { } known ? Numbers.Range(known.Min, known.Max) : "",
                Printable.Text(node.Name, LongestName));
        }

        long totalMacs = costs.Sum(cost => cost.Macs), totalParameters = costs.Sum(cost => cost.Parameters);
        AddRow(table, "", "total", "", Numbers.Text(totalMacs), Numbers.Text(totalParameters), "", "");
        terminal.Rich().Write(table);
    }

    private static string Count(long value) => value == 0 ? "" : Numbers.Text(value);

    // Text, not markup: a name with brackets is no instruction.
    private static void AddRow(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
