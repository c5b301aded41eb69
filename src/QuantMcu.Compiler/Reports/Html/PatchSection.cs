using System;
using System.Linq;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>The grid of patches with its classes, over a calibration sample where there is one.</summary>
internal static class PatchSection
{
    private const double Unit = 240;

    public static void Write(HtmlWriter page, NetworkReport report)
    {
        if (report.Patches is not { } patches)
            return;

        page.Open("section").Element("h2", "Patches");
        page.Open("p").Text(Text(patches)).Text(" The split tensor is ").Element("span", patches.Split, ("class", "name")).Text(".").Close();
        Picture(page, report.Picture, patches);
        page.Open("details").Element("summary", "Patches as a table");
        Tiles(page, patches);
        page.Close().Close();
    }

    private static string Text(PatchFigures patches)
    {
        string classes = patches.Branches == 1 ? "one branch computes all of them"
            : patches.Branches + " branches, chosen by position";
        string dynamic = patches.Dynamic ? "; a patch in which an outlier is found at run time is computed by branch 0" : "";
        string halo = patches.Halo == Halo.Cache ? "shared pixels are kept" : "shared pixels are computed again";
        return patches.Grid.Rows + " x " + patches.Grid.Columns + " patches: " + classes + dynamic + "; " + halo + ".";
    }

    private static void Picture(HtmlWriter page, Picture? picture, PatchFigures patches)
    {
        double height = picture is null ? Unit : Unit * picture.Height / Math.Max(1, picture.Width);
        page.Open("figure", ("class", "picture"));
        page.Open(
            "svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 " + Figures.Place(Unit) + " " + Figures.Place(height)), ("role", "img"),
            ("aria-labelledby", "patch-title"));
        page.Element("title", "Patches and their branches; the table below has every figure.", ("id", "patch-title"));
        if (picture is null)
            page.Empty("rect", ("width", "100%"), ("height", "100%"), ("fill", "#888"));
        else
            page.Empty("image", ("href", Png.DataUri(picture)), ("width", "100%"), ("height", "100%"), ("preserveAspectRatio", "none"));

        foreach (var tile in patches.Tiles)
            Tile(page, tile, height, patches.Branches > 1);

        int middle = (patches.Grid.Rows / 2 * patches.Grid.Columns) + (patches.Grid.Columns / 2);
        page.Empty("rect", Box(patches.Tiles[middle].Reads, height, ("class", "reads")));
        page.Close();
        page.Element("figcaption", Caption(picture, patches));
        page.Close();
    }

    private static string Caption(Picture? picture, PatchFigures patches) =>
        (picture is null ? "" : "The first calibration sample. ")
        + (patches.Branches > 1 ? "Numbers: the branch of each patch. " : "")
        + (patches.Tiles.Any(tile => tile.Outlier == true) ? "Red: outlier patches. " : "")
        + "Dashed: what the patch in the middle reads of the input.";

    private static void Tile(HtmlWriter page, TileFigures tile, double height, bool tagged)
    {
        string outlier = tile.Outlier == true ? " outlier" : "";
        page.Empty("rect", Box(tile.Share, height, ("class", "tile dark" + outlier), ("stroke-width", "2")));
        page.Empty("rect", Box(tile.Share, height, ("class", "tile"), ("stroke-width", "0.75")));
        if (!tagged)
            return;

        double high = (tile.Share.Bottom - tile.Share.Top) * height, wide = (tile.Share.Right - tile.Share.Left) * Unit;
        double size = Math.Min(Math.Min(high * 0.6, wide * 0.4), 18);
        page.Element(
            "text", Figures.Index(tile.Branch), ("class", "tag"), ("font-size", Figures.Place(size)), ("stroke-width", Figures.Place(size / 6)),
            ("x", Figures.Place((tile.Share.Left * Unit) + (wide / 2))),
            ("y", Figures.Place((tile.Share.Top * height) + (high / 2) + (size / 3))));
    }

    private static (string Name, string Value)[] Box(Fraction place, double height, params (string Name, string Value)[] more) => more.Concat(
    [
        ("x", Figures.Place(place.Left * Unit)),
        ("y", Figures.Place(place.Top * height)),
        ("width", Figures.Place((place.Right - place.Left) * Unit)),
        ("height", Figures.Place((place.Bottom - place.Top) * height)),
    ]).ToArray();

    private static void Tiles(HtmlWriter page, PatchFigures patches)
    {
        bool classified = patches.Tiles.Any(tile => tile.Outlier is not null);
        string[] columns = classified ? ["#row", "#column", "#branch", "outlier patch", "#samples with an outlier"] : ["#row", "#column", "#branch"];
        Table.Write(page, "Patches", columns, table =>
        {
            for (int i = 0; i < patches.Tiles.Length; i++)
            {
                var tile = patches.Tiles[i];
                string[] place =
                    [Figures.Index(i / patches.Grid.Columns), Figures.Index(i % patches.Grid.Columns), Figures.Index(tile.Branch)];
                string[] found = [tile.Outlier == true ? "yes" : "no", tile.OutlierShare is { } share ? Figures.Percent(100 * share) : ""];
                table.Row(classified ? place.Concat(found).ToArray() : place);
            }
        });
    }
}
