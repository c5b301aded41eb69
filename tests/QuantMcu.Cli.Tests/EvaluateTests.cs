using System.IO;
using System.Linq;
using System.Text.Json;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Cli.Tests;

public sealed class EvaluateTests
{
    private static readonly string[] Fields =
    [
        "model", "samples", "float_top1", "quantized_top1", "agreement", "macs_layerwise", "macs_executed",
        "bitops_int8_patch", "bitops", "bitops_ratio", "bitops_ratio_patch_stage", "arena_bytes", "flash_bytes",
        "calibrate_seconds", "search_seconds", "tensors",
    ];

    [Fact]
    public void Evaluate_prints_one_json_object_with_every_field_of_the_contract()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of(
            "evaluate", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--labels", tiny.Labels, "--json");

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var report = json.RootElement;
        Assert.Equal(Fields, report.EnumerateObject().Select(field => field.Name));
        Assert.Equal("tiny net", report.GetProperty("model").GetString());
        Assert.Equal(TinyModel.Samples, report.GetProperty("samples").GetInt32());
        Assert.InRange(report.GetProperty("agreement").GetDouble(), 50, 100);
        Assert.Equal(2048, report.GetProperty("macs_layerwise").GetInt64());
        Assert.Equal(2048, report.GetProperty("macs_executed").GetInt64());
        Assert.Equal(2048 * 64, report.GetProperty("bitops").GetInt64());
        Assert.Equal(2048 * 64, report.GetProperty("bitops_int8_patch").GetInt64());
        Assert.Equal(1, report.GetProperty("bitops_ratio").GetDouble());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("bitops_ratio_patch_stage").ValueKind);
        Assert.InRange(report.GetProperty("arena_bytes").GetInt32(), 64, 1024);
        Assert.InRange(report.GetProperty("flash_bytes").GetInt32(), 108 + 320, 1024);
        Assert.Equal(0, report.GetProperty("search_seconds").GetDouble());
        Assert.All(report.GetProperty("tensors").EnumerateArray(), tensor =>
        {
            Assert.NotEmpty(tensor.GetProperty("name").GetString()!);
            Assert.Equal(8, tensor.GetProperty("bits").GetInt32());
            Assert.Equal(JsonValueKind.Null, tensor.GetProperty("patch_classes").ValueKind);
            Assert.Equal(JsonValueKind.Null, tensor.GetProperty("patch_bits").ValueKind);
        });
    }

    [Fact]
    public void Evaluate_without_labels_reports_the_agreement_only()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--limit", "5", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(5, json.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("float_top1").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("quantized_top1").ValueKind);
    }

    [Fact]
    public void Evaluate_for_people_prints_plain_lines()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--labels", tiny.Labels);

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        Assert.Contains("agreement", run.Output);
        Assert.Contains("top-1", run.Output);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public void Evaluate_refuses_labels_that_are_fewer_than_the_samples()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string labels = directory.Write("few.npy", TinyModel.Npy("|u1", [3], new byte[3]));

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", tiny.Data, "--labels", labels);

        Assert.Equal(1, run.Status);
        Assert.StartsWith("error QMCU1016: ", run.Error);
    }

    [Fact]
    public void Evaluate_refuses_samples_that_do_not_fit_the_model()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string data = directory.Write("small.npy", TinyModel.Npy("|u1", [2, 4, 4, 3], new byte[96]));

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", data);

        Assert.Equal(1, run.Status);
        Assert.StartsWith("error QMCU1013: ", run.Error);
    }

    [Fact]
    public void Evaluate_refuses_samples_of_another_type_than_the_calibration_samples()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string data = directory.Write("reals.npy", TinyModel.Npy("<f4", [1, 3, 8, 8], new byte[4 * 192]));

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", tiny.Data, "--data", data);

        Assert.Equal(2, run.Status);
        Assert.Contains("--data", run.Error);
    }

    [Fact]
    public void Evaluate_takes_real_samples_when_calibrated_on_real_samples()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        byte[] reals = Enumerable.Range(0, 6 * 192).SelectMany(i => System.BitConverter.GetBytes(System.MathF.Sin(i))).ToArray();
        string data = directory.Write("reals.npy", TinyModel.Npy("<f4", [6, 3, 8, 8], reals));

        var run = CliRun.Of("evaluate", tiny.Model, "--calibration", data, "--data", data, "--json");

        Assert.Equal(0, run.Status);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(100, json.RootElement.GetProperty("agreement").GetDouble());
    }

    [ModelsTheory]
    [InlineData("keyword", "--mean=1", "--std=23.813953488372093", 93.83)]
    [InlineData("meter", "--mean=112", "--std=64", 95.50)]
    public void Evaluate_gives_the_known_accuracy_of_the_float_model_and_loses_at_most_half_a_point(
        string name, string mean, string std, double known)
    {
        string folder = Path.Combine(ModelsFolder.Root, "data", name);

        var run = CliRun.Of(
            "evaluate", ModelsFolder.Model(name), "--calibration", Path.Combine(folder, "calib_x.npy"), mean, std,
            "--data", Path.Combine(folder, "eval_x.npy"), "--labels", Path.Combine(folder, "eval_y.npy"), "--json");

        Assert.Equal(0, run.Status);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(known, json.RootElement.GetProperty("float_top1").GetDouble(), 2);
        Assert.InRange(json.RootElement.GetProperty("quantized_top1").GetDouble(), known - 0.5, 100);
    }
}
