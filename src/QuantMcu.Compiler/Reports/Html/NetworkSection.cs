using System;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>
/// The network from top to bottom, one row a layer, with the bits of its weights and of its map in every branch. A cell is filled as high as
/// its bits are many, so that the chart does not rest on colour.
/// </summary>
internal static class NetworkSection
{
    private const int RowHeight = 30;
    private const int HeadHeight = 18;
    private const int Spine = 34;
    private const int TextLeft = 44;
    private const int CellsLeft = 56;
    private const int MapLeft = 18;
    private const int WidestCell = 30;
    private const int MostNumbered = 12;

    public static void Write(HtmlWriter page, NetworkReport report)
    {
        page.Open("section").Element("h2", "Bit widths over the network");
        Legend(page, report);
        int height = HeadHeight + (RowHeight * report.Maps.Length);
        page.Open("figure").Open(
            "svg", ("xmlns", "http://www.w3.org/2000/svg"), ("height", Figures.Index(height)), ("role", "img"), ("aria-labelledby", "network-title"));
        page.Element("title", Title(report), ("id", "network-title"));
        StageBackground(page, report);
        Edges(page, report);
        Head(page, report);
        for (int row = 0; row < report.Maps.Length; row++)
            Row(page, report.Maps[row], row, report.Patches?.Branches ?? 1);

        page.Close().Close().Close();
    }

    private static string Title(NetworkReport report) =>
        report.Maps.Length + " feature maps; bits of maps by branch: "
        + string.Join(", ", report.Maps.SelectMany(map => map.Bits).GroupBy(bits => bits).OrderByDescending(group => group.Key)
            .Select(group => group.Count() + " of " + group.Key + " bits"))
        + ". The table of layers below has every figure.";

    private static void Legend(HtmlWriter page, NetworkReport report)
    {
        page.Open("p", ("class", "legend soft"));
        foreach (int bits in new[] { 8, 4, 2 })
        {
            page.Open("span").Open("span", ("class", "key k" + bits)).Close().Text(bits + " bits").Close();
        }

        page.Text("W: weights; then the map" + (report.Patches is { Branches: > 1 } ? ", one cell a branch." : "."));
        if (report.Patches is not null)
            page.Text(" Shaded: the patch stage.");

        page.Close();
    }

    private static void StageBackground(HtmlWriter page, NetworkReport report)
    {
        int first = Array.FindIndex(report.Maps.ToArray(), map => map.InStage);
        int count = report.Maps.Count(map => map.InStage);
        if (count > 0)
        {
            page.Empty(
                "rect", ("class", "stage"), ("x", "0"), ("width", "100%"), ("y", Figures.Index(Top(first))),
                ("height", Figures.Index(count * RowHeight)));
        }
    }

    private static void Edges(HtmlWriter page, NetworkReport report)
    {
        for (int row = 0; row < report.Maps.Length; row++)
        {
            foreach (int source in report.Maps[row].Sources)
                page.Empty("path", ("class", row - source == 1 ? "spine" : "skip"), ("d", Edge(source, row)));
        }
    }

    /// <summary>Neighbours are joined straight, others by a bow to the left: the longer, the wider.</summary>
    private static string Edge(int from, int to)
    {
        int start = Middle(from), end = Middle(to);
        int bow = to - from == 1 ? Spine : Math.Max(2, Spine - 10 - (3 * (to - from)));
        return string.Format(CultureInfo.InvariantCulture, "M{0},{1} C{2},{1} {2},{3} {0},{3}", Spine, start, bow, end);
    }

    private static void Head(HtmlWriter page, NetworkReport report)
    {
        int branches = report.Patches?.Branches ?? 1;
        page.Open("svg", ("x", CellsLeft + "%"), ("width", (100 - CellsLeft) + "%"), ("height", Figures.Index(HeadHeight)));
        page.Element("text", "W", ("class", "head"), ("x", "7%"), ("y", "12"));
        for (int branch = 0; branch < branches && branches <= MostNumbered; branch++)
            page.Element("text", branches == 1 ? "map" : Figures.Index(branch), ("class", "head"), ("x", Center(branch, branches)), ("y", "12"));

        page.Close();
    }

    private static void Row(HtmlWriter page, MapFigures map, int row, int branches)
    {
        string top = Figures.Index(Top(row));
        page.Empty("circle", ("class", "dot"), ("cx", Figures.Index(Spine)), ("cy", Figures.Index(Middle(row))), ("r", "3.5"));
        page.Open("svg", ("y", top), ("width", CellsLeft + "%"), ("height", Figures.Index(RowHeight)));
        page.Element("title", map.Name);
        page.Element("text", map.Operator + (map.Fused ? ", fused" : ""), ("x", Figures.Index(TextLeft)), ("y", "12"));
        page.Element("text", map.Shape, ("class", "soft"), ("x", Figures.Index(TextLeft)), ("y", "24"));
        page.Close();
        page.Open("svg", ("x", CellsLeft + "%"), ("y", top), ("width", (100 - CellsLeft) + "%"), ("height", Figures.Index(RowHeight)));
        if (map.WeightBits is { } weightBits)
            Cell(page, 0, MapLeft - 4, weightBits, numbered: true);
        for (int i = 0; i < map.Bits.Length; i++)
        {
            double width = Width(map.Bits.Length);
            Cell(page, MapLeft + (i * width), width, map.Bits[i], branches <= MostNumbered || map.Bits.Length == 1);
        }

        page.Close();
    }

    private static void Cell(HtmlWriter page, double left, double width, int bits, bool numbered)
    {
        const int Full = RowHeight - 6;
        int memory = BitWidths.InMemory(bits), filled = Math.Max(memory == 8 ? Full : (Full * 2 / 3), numbered ? 14 : 0);
        filled = memory == 2 ? Math.Max(Full / 3, numbered ? 12 : 0) : filled;
        page.Empty(
            "rect", ("class", "cell"), ("x", Percent(left)), ("y", "3"), ("width", Percent(width)), ("height", Figures.Index(Full)));
        page.Empty(
            "rect", ("class", "b" + memory), ("x", Percent(left)), ("y", Figures.Index(3 + Full - filled)), ("width", Percent(width)),
            ("height", Figures.Index(filled)));
        if (numbered)
            page.Element("text", Figures.Index(bits), ("class", "on"), ("x", Percent(left + (width / 2))), ("y", Figures.Index(3 + Full - (filled / 2) + 4)));
    }

    private static double Width(int branches) => Math.Min(WidestCell, (100.0 - MapLeft) / branches);

    private static string Center(int branch, int branches) => Percent(MapLeft + (Width(branches) * (branch + 0.5)));

    private static string Percent(double value) => Figures.Place(value) + "%";

    private static int Top(int row) => HeadHeight + (row * RowHeight);

    private static int Middle(int row) => Top(row) + (RowHeight / 2);
}
