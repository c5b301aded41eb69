using System.IO;
using System.Text.Json;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Cli.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Report_writes_one_page_and_prints_one_line()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string page = directory.PathOf("new/report.html");

        var run = CliRun.Of(
            "report", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--labels", tiny.Labels, "-o", page);

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        Assert.StartsWith("tiny net: arena ", run.Output);
        Assert.Single(run.Output.TrimEnd().Split('\n'));
        Assert.Equal([page], Directory.GetFiles(Path.GetDirectoryName(page)!));
        string html = File.ReadAllText(page);
        Assert.StartsWith("<!DOCTYPE html>", html);
        Assert.Contains("<dt>Top-1</dt>", html);
    }

    [Fact]
    public void Report_gives_the_same_bytes_every_time()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        Assert.Equal(Report(tiny, directory), Report(tiny, directory));
    }

    [Fact]
    public void Report_as_json_has_the_figures_of_evaluate()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        using var report = JsonDocument.Parse(Report(tiny, directory, "--format=json"));
        using var evaluation = JsonDocument.Parse(
            CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--json").Output);

        var figures = report.RootElement;
        Assert.Equal(Number(evaluation, "macs_executed"), figures.GetProperty("executed_macs").GetInt64());
        Assert.Equal(Number(evaluation, "arena_bytes"), figures.GetProperty("memory").GetProperty("arena_bytes").GetInt64());
        Assert.Equal(Number(evaluation, "flash_bytes"), figures.GetProperty("flash_bytes").GetInt64());
        Assert.Equal(Number(evaluation, "bitops"), figures.GetProperty("bit_ops").GetProperty("executed").GetInt64());
        Assert.Contains(
            figures.GetProperty("maps").EnumerateArray(), map => map.GetProperty("name").GetString() == "logits");
    }

    [Fact]
    public void Report_leaves_an_older_report_alone_where_the_model_is_broken()
    {
        using var directory = new TemporaryDirectory();
        string model = directory.Write("model.onnx", [1, 2, 3]), page = directory.Write("report.html", [42]);

        var run = CliRun.Of("report", model, "-o", page);

        Assert.Equal(1, run.Status);
        Assert.Equal([42], File.ReadAllBytes(page));
        Assert.Equal(2, Directory.GetFiles(directory.FullName).Length);
    }

    [Fact]
    public void Report_refuses_labels_without_samples()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("report", tiny.Model, "--labels", tiny.Labels, "-o", directory.PathOf("r.html"));

        Assert.Equal(2, run.Status);
        Assert.Contains("--data", run.Error);
    }

    private static long Number(JsonDocument json, string field) => json.RootElement.GetProperty(field).GetInt64();

    private static string Report(TinyModel tiny, TemporaryDirectory directory, params string[] options)
    {
        string path = directory.PathOf("report");
        var run = CliRun.Of(["report", tiny.Model, "--calibration", tiny.Data, "-o", path, .. options]);
        Assert.Equal((0, ""), (run.Status, run.Error));
        return File.ReadAllText(path);
    }
}
