using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Xml;
using System.Xml.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Reports.Html;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching;
using QuantMcu.Compiler.Searching.Output;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Reports;

public class HtmlReportTests
{
    private const string Evil = "<script>alert(1)</script>\" onload='x' ]]> &amp; \u202Egnp.exe \u0001";

    public static TheoryData<string> Kinds => ["layers", "recompute", "cache"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_is_well_formed_and_refers_to_nothing_outside(string kind)
    {
        var page = Parse(HtmlReport.Of(Report(kind)));

        foreach (var attribute in page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "href" or "src" or "action"))
            Assert.StartsWith("data:image/png;base64,", attribute.Value, StringComparison.Ordinal);

        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "link" or "iframe" or "object" or "embed" or "form");
        string style = Assert.Single(page.Descendants(), element => element.Name.LocalName == "style").Value;
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Names_of_a_model_stay_text(string kind)
    {
        var page = Parse(HtmlReport.Of(Report(kind, Evil)));

        Assert.Equal(PageStyle.Script, Assert.Single(page.Descendants(), element => element.Name.LocalName == "script").Value);
        Assert.DoesNotContain(
            page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        string shown = Evil.Replace('\u202E', '?').Replace('\u0001', '?');
        Assert.Equal(shown, Assert.Single(page.Descendants(), element => element.Name.LocalName == "h1").Value);
        Assert.Contains(page.Descendants(), element => element.Name.LocalName == "td" && element.Value == shown);
        Assert.Contains(page.Descendants(), element => element.Name.LocalName == "li" && element.Value == "chose " + shown);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_has_the_same_bytes_every_time_in_every_culture(string kind)
    {
        string page = HtmlReport.Of(Report(kind));

        Assert.Equal(page, HtmlReport.Of(Report(kind)));
        Assert.Equal(page, Cultures.Under("de-DE", () => HtmlReport.Of(Report(kind))));
        Assert.DoesNotContain('\r', page);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_table_of_layers_adds_up_to_the_figures_of_the_network(string kind)
    {
        var report = Report(kind);
        var rows = TableNamed(HtmlReport.Of(report), "Layers");
        var total = rows[^1];

        Assert.Equal(report.Maps.Length, rows.Count - 1);
        foreach (string column in new[] { "MACs executed", "BitOPs", "flash bytes" })
            Assert.Equal(Number(total[column]), rows.SkipLast(1).Sum(row => Number(row[column])));

        Assert.Equal(report.ExecutedMacs, Number(total["MACs executed"]));
        Assert.Equal(report.BitOps.Executed, Number(total["BitOPs"]));
        Assert.Equal(report.FlashBytes, Number(total["flash bytes"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_table_of_buffers_is_the_plan_of_the_arena(string kind)
    {
        var plan = Report(kind).Memory.Plan;
        var rows = TableNamed(HtmlReport.Of(Report(kind)), "Buffers of the arena");

        Assert.Equal(plan.Buffers.Count(buffer => buffer.Bytes > 0), rows.Count);
        Assert.Equal(plan.TotalBytes, rows.Max(row => Number(row["bytes"]) + Number(row["address"])));
        Assert.Equal(plan.PeakSet.Length, rows.Count(row => row["at the peak"] == "yes"));
        Assert.Equal(plan.LowerBound, plan.TotalBytes - plan.Gap);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_chart_has_a_name_and_every_table_a_head(string kind)
    {
        var page = Parse(HtmlReport.Of(Report(kind)));
        var ids = page.Descendants().Attributes("id").ToDictionary(id => id.Value, id => id.Parent!);

        var charts = page.Descendants().Where(element => element.Attribute("role")?.Value == "img").ToList();
        Assert.Equal(kind == "layers" ? 2 : 3, charts.Count);
        Assert.All(charts, chart => Assert.NotEmpty(ids[chart.Attribute("aria-labelledby")!.Value].Value));
        Assert.All(
            page.Descendants().Where(element => element.Name.LocalName == "table"),
            table => Assert.All(
                table.Descendants().Where(element => element.Name.LocalName == "thead").Descendants().Skip(1),
                cell => Assert.Equal("col", cell.Attribute("scope")?.Value)));
    }

    [Fact]
    public void Flash_is_what_the_emitted_code_stores_and_patches_do_not_change_it()
    {
        var program = CSharpLowering.Lower(ReportModel.Compile("model").Network, CancellationToken.None);

        Assert.All(["layers", "recompute", "cache"], (string kind) => Assert.Equal(program.WeightBytes, Report(kind).FlashBytes));
    }

    [Fact]
    public void Patches_computed_again_cost_what_the_plan_says_and_cached_ones_what_layers_do()
    {
        var layers = Report("layers");
        var recompute = Report("recompute");
        var cache = Report("cache");

        Assert.Equal(64 * layers.ExecutedMacs, layers.BitOps.Executed);
        Assert.True(recompute.ExecutedMacs > layers.ExecutedMacs);
        Assert.Equal(layers.ExecutedMacs, cache.ExecutedMacs);
        Assert.Equal(layers.ExecutedMacs, cache.LayerwiseMacs);
        Assert.Equal(recompute.BitOps.Executed, cache.BitOps.Int8Patches);
        Assert.Equal(1, recompute.BitOps.AgainstPatches);
        Assert.Equal(recompute.ExecutedMacs / (double)layers.ExecutedMacs, cache.BitOps.AgainstPatches, 12);
    }

    [Fact]
    public void Instructions_are_those_that_the_cost_model_predicts_for_what_is_executed()
    {
        var network = ReportModel.Compile("model").Network;
        var costs = CostModel.For(Target.CortexM4);
        double expected = network.Layers.OfType<ConvLayer>().Sum(conv => costs.Of(conv, conv.Macs(network), 8, conv.WeightBits));

        Assert.Equal(Target.CortexM4, Report("layers").InstructionsOn);
        Assert.Equal(expected, Report("layers").Instructions!.Value, 6);
        Assert.Equal(expected, Report("cache").Instructions!.Value, 6);
        Assert.True(Report("recompute").Instructions > expected);
        var rows = TableNamed(HtmlReport.Of(Report("recompute")), "Layers");
        Assert.InRange(rows.SkipLast(1).Sum(row => Number(row["instructions"])) - Number(rows[^1]["instructions"]), -rows.Count, rows.Count);
    }

    [Fact]
    public void Instructions_are_predicted_for_the_target_that_was_asked_for()
    {
        var request = ReportModel.Request("model") with { Options = CompileOptions.Default with { Target = Target.Esp32C3 } };
        var report = NetworkFigures.Of(request, ReportModel.Compile("model"), CancellationToken.None);

        Assert.True(report.Instructions > Report("layers").Instructions);
        Assert.Contains("predicted for ESP32-C3", HtmlReport.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_shows_every_patch_once_and_together_they_cover_the_image()
    {
        var patches = Report("recompute").Patches!;

        Assert.Equal(6, patches.Tiles.Length);
        Assert.Equal(1, patches.Tiles.Sum(tile => (tile.Share.Bottom - tile.Share.Top) * (tile.Share.Right - tile.Share.Left)), 12);
        Assert.All(patches.Tiles, tile => Assert.True(tile.Reads.Bottom - tile.Reads.Top > tile.Share.Bottom - tile.Share.Top));
        Assert.Equal(6, TableNamed(HtmlReport.Of(Report("recompute")), "Patches").Count);
    }

    [Fact]
    public void The_policy_of_the_page_names_the_script_that_is_in_it()
    {
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(PageStyle.Script)));

        Assert.Contains("script-src 'sha256-" + hash + "'", PageStyle.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", PageStyle.ContentSecurityPolicy, StringComparison.Ordinal);
    }

    internal static NetworkReport Report(string kind, string name = "model")
    {
        var model = ReportModel.Compile(name);
        if (kind != "layers")
            model = ReportModel.Patched(model, new PatchGrid(3, 2), kind == "cache" ? Halo.Cache : Halo.Recompute);

        return NetworkFigures.Of(ReportModel.Request(name), model, CancellationToken.None) with
        {
            Accuracy = new AccuracyFigures(10, 90, 80, 85),
            Picture = new Picture(2, 3, 1, [0, 50, 100, 150, 200, 250]),
            Search = new SearchReport { PatchReason = name, Log = ["chose " + name] },
        };
    }

    private static XDocument Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static List<Dictionary<string, string>> TableNamed(string page, string label)
    {
        var frame = Parse(page).Descendants().Single(element => element.Attribute("aria-label")?.Value == label);
        string[] columns = Cells(frame.Descendants().First(element => element.Name.LocalName == "tr"));
        return frame.Descendants().Where(element => element.Name.LocalName == "tr").Skip(1)
            .Select(row => columns.Zip(Cells(row)).ToDictionary(pair => pair.First, pair => pair.Second)).ToList();
    }

    private static string[] Cells(XElement row) => row.Elements().Select(cell => cell.Value).ToArray();

    private static long Number(string text) => text.Length == 0 ? 0 : long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
