using System.Collections.Generic;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>
/// A report as one HTML page that needs nothing else: no network, no fonts, no files. It reads on a phone, in print, in light and in dark; every
/// chart has a table with the same figures. Names out of models are untrusted and are escaped.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page; the same report gives the same text on every machine.</summary>
    public static string Of(NetworkReport report)
    {
        var page = new HtmlWriter();
        page.Open("html", ("lang", "en"), ("xmlns", "http://www.w3.org/1999/xhtml"));
        Head(page, report);
        page.Open("body").Open("header");
        page.Element("h1", report.Name).Element("p", SummaryLine.Figures(report)).Close();
        page.Open("main");
        Cards(page, report);
        BitOpsSection.Write(page, report);
        page.Open("div", ("class", "pair"));
        NetworkSection.Write(page, report);
        MemorySection.Write(page, report);
        page.Close();
        PatchSection.Write(page, report);
        LayersSection.Write(page, report);
        SearchSection.Write(page, report);
        Options(page, report);
        page.Close().Close();
        return page.Close().Finish();
    }

    private static void Head(HtmlWriter page, NetworkReport report)
    {
        page.Open("head");
        page.Empty("meta", ("charset", "utf-8"));
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", PageStyle.ContentSecurityPolicy));
        page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
        page.Element("title", report.Name + " - QuantMcu report");
        page.Open("style").Trusted(PageStyle.Css).Close();
        page.Open("script").Trusted(PageStyle.Script).Close();
        page.Close();
    }

    private static void Cards(HtmlWriter page, NetworkReport report)
    {
        page.Open("dl", ("class", "cards"));
        foreach (var (title, value, detail) in CardsOf(report))
        {
            page.Open("div").Element("dt", title).Open("dd").Text(value);
            page.Element("small", detail).Close().Close();
        }

        page.Close();
    }

    private static IEnumerable<(string Title, string Value, string Detail)> CardsOf(NetworkReport report)
    {
        var plan = report.Memory.Plan;
        yield return ("RAM (arena)", Figures.Count(plan.TotalBytes), plan.Gap == 0 ? "bytes: the lower bound" : "bytes; lower bound " + Figures.Count(plan.LowerBound));
        yield return ("Flash", Figures.Count(report.FlashBytes), "bytes of weights and tables");
        double macs = (double)report.ExecutedMacs / System.Math.Max(1, report.LayerwiseMacs);
        yield return ("MACs", Figures.Short(report.ExecutedMacs), report.Patches is null ? "layer by layer" : Figures.Ratio(macs) + " layer by layer");
        yield return ("BitOPs", Figures.Short(report.BitOps.Executed), Baseline(report));
        if (report.Instructions is { } instructions)
            yield return ("Instructions", Figures.Short(instructions), "of convolutions, predicted for " + Processor(report.InstructionsOn));
        if (report.Accuracy is not { } accuracy)
            yield break;

        string samples = "of " + Figures.Count(accuracy.Samples) + " samples";
        if (accuracy is { FloatTop1: { } floatTop1, QuantizedTop1: { } top1 })
            yield return ("Top-1", Figures.Percent(top1), "float " + Figures.Percent(floatTop1) + ", " + samples);
        yield return ("Agreement with float", Figures.Percent(accuracy.Agreement), samples);
    }

    private static string Baseline(NetworkReport report) => report.Patches is null
        ? Figures.Ratio(report.BitOps.AgainstLayers) + " fewer than with 8 bits"
        : Figures.Ratio(report.BitOps.AgainstLayers) + " fewer than 8 bits layer by layer, "
            + Figures.Ratio(report.BitOps.AgainstPatches) + " than 8-bit patches";

    /// <summary><c>CortexM4</c> as its maker writes it.</summary>
    private static string Processor(Target target) =>
        target.ToString().Replace("CortexM", "Cortex-M").Replace("Esp32", "ESP32").Replace("ESP32S", "ESP32-S").Replace("ESP32C", "ESP32-C")
            .Replace("ESP32P", "ESP32-P");

    private static void Options(HtmlWriter page, NetworkReport report)
    {
        page.Open("section").Element("h2", "Options");
        Table.Write(page, "Options of the compilation", ["option", "~value"], table =>
        {
            foreach (var option in report.Options)
                table.Row(option.Key, option.Value);
        });
        page.Close();
    }
}
