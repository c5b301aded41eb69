using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>All figures of all layers, flash also as bars.</summary>
internal static class LayersSection
{
    public static void Write(HtmlWriter page, NetworkReport report)
    {
        bool predicted = report.Instructions is not null;
        double mostFlash = report.Maps.Select(map => (double)map.FlashBytes).DefaultIfEmpty(0).Max();
        page.Open("section").Element("h2", "Layers");
        string[] columns =
        [
            "#no.", "layer", "~feature map", "shape", "bits", "#weights", "#MACs executed", "#BitOPs", .. predicted ? new[] { "#instructions" } : [],
            "#flash bytes", "flash",
        ];
        Table.Write(page, "Layers", columns, table =>
        {
            for (int i = 0; i < report.Maps.Length; i++)
            {
                var map = report.Maps[i];
                string[] cells =
                [
                    Figures.Index(i), map.Operator + (map.Fused ? ", fused" : ""), map.Name, map.Shape, Bits(map.Bits), map.WeightBits is { } bits ? Figures.Index(bits) : "",
                    Some(map.ExecutedMacs), Some(map.BitOps.Executed), .. predicted ? new[] { Some(map.Instructions ?? 0) } : [],
                    Some(map.FlashBytes),
                ];
                table.RowWithBar(map.FlashBytes, mostFlash, cells);
            }

            string[] total =
            [
                "", "total", "", "", "", "", Figures.Count(report.ExecutedMacs), Figures.Count(report.BitOps.Executed),
                .. predicted ? new[] { Figures.Count(report.Instructions ?? 0) } : [], Figures.Count(report.FlashBytes), "",
            ];
            table.Row(true, total);
        });
        page.Close();
    }

    /// <summary><c>8</c>, or by branch <c>8 4 4 2</c>.</summary>
    private static string Bits(ImmutableArray<int> bits) =>
        bits.Distinct().Count() == 1 ? Figures.Index(bits[0]) : string.Join(" ", bits.Select(Figures.Index));

    private static string Some(double value) => value == 0 ? "" : Figures.Count(value);
}
