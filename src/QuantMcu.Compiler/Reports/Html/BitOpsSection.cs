using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>BitOPs in four scopes: the patch stage and the whole network, each against 8-bit patches and against 8 bits layer by layer.</summary>
internal static class BitOpsSection
{
    public static void Write(HtmlWriter page, NetworkReport report)
    {
        page.Open("section").Element("h2", "BitOPs");
        page.Element(
            "p",
            "One multiply-accumulate of an a-bit by a b-bit number is a x b BitOPs. 8-bit patches: the same patches with 8 bits throughout, their"
            + " halos computed again. 8-bit layers: the network layer by layer.",
            ("class", "soft"));
        string[] columns = ["scope", "#BitOPs", "#8-bit patches", "#fewer", "#8-bit layers", "#fewer"];
        Table.Write(page, "BitOPs by scope", columns, table =>
        {
            foreach (var (scope, figures) in Scopes(report))
            {
                table.Row(
                    scope, Figures.Count(figures.Executed), Figures.Count(figures.Int8Patches), Figures.Ratio(figures.AgainstPatches),
                    Figures.Count(figures.Int8Layers), Figures.Ratio(figures.AgainstLayers));
            }
        });
        foreach (var (scope, figures) in Scopes(report).Where(scope => scope.Figures.Executed != scope.Figures.Int8Layers))
            Bars(page, scope, figures);

        page.Close();
    }

    private static IEnumerable<(string Scope, BitOpsFigures Figures)> Scopes(NetworkReport report)
    {
        if (report.StageBitOps is { } stage)
            yield return ("Patch stage", stage);

        yield return ("Whole network", report.BitOps);
    }

    private static void Bars(HtmlWriter page, string scope, BitOpsFigures figures)
    {
        long longest = Math.Max(figures.Executed, Math.Max(figures.Int8Patches, figures.Int8Layers));
        page.Open("div", ("aria-hidden", "true")).Element("h3", scope);
        foreach (var (name, value) in new[]
        {
            ("this network", figures.Executed), ("8-bit patches", figures.Int8Patches), ("8-bit layers", figures.Int8Layers),
        })
        {
            page.Element("span", name + ": " + Figures.Short(value), ("class", "soft"));
            page.Open("span", ("class", "bar"), ("style", "width:" + Figures.PlacePercent(value, longest))).Close();
        }

        page.Close();
    }
}
