using System.Linq;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Cli.Tests;

public sealed class InspectTests
{
    [Fact]
    public void Inspect_prints_a_row_for_every_layer_and_the_totals()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("inspect", tiny.Model);

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        string conv = Assert.Single(run.Output.Split('\n'), line => line.Contains("Conv 3x3 stride 2, Relu"));
        Assert.Contains("1x4x4x4", conv);
        Assert.Contains("1,728", conv);     // 4 x 4 x 4 outputs, 3 x 3 x 3 weights each
        Assert.Contains("112", conv);       // 108 weights, 4 biases
        Assert.Contains("conv[1]", conv);
        string total = Assert.Single(run.Output.Split('\n'), line => line.Contains("total"));
        Assert.Contains("2,048", total);
        Assert.Contains("437", total);
    }

    [Fact]
    public void Inspect_prints_the_range_of_activations_when_it_has_samples()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        string[] calibrated = ["inspect", tiny.Model, "--calibration", tiny.Data];

        string weights = Row(CliRun.Of("inspect", tiny.Model), "Conv 3x3");
        string activations = Row(CliRun.Of(calibrated), "Conv 3x3");
        string scaled = Row(CliRun.Of([.. calibrated, "--mean", "128", "--std", "64"]), "Conv 3x3");

        Assert.Matches(@"-0\.9\d* \.\. 0\.9\d*", weights);
        Assert.Matches(@" 0 \.\. \d{3}", activations);
        Assert.Matches(@" 0 \.\. \d\.", scaled);
    }

    [Fact]
    public void Inspect_writes_no_escape_codes_into_a_pipe()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("inspect", tiny.Model, "--calibration", tiny.Data);

        Assert.DoesNotContain('\u001b', run.Output + run.Error);
        Assert.DoesNotContain('\r', run.Output + run.Error);
    }

    [Fact]
    public void Inspect_does_not_print_control_characters_of_a_name_in_the_model()
    {
        using var directory = new TemporaryDirectory();
        const string Input = "x\u001b[31m", Output = "\u001b[2Jy";
        byte[] model = new OnnxBuilder().Input(Input, 1, 4).Node("Relu", [Input], [Output]).Output(Output).ToBytes();

        var run = CliRun.Of("inspect", directory.Write("evil.onnx", model));

        Assert.Equal(0, run.Status);
        Assert.Contains("?[2Jy", run.Output);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [ModelsTheory]
    [InlineData("keyword", "2,656,768", "22,604")]
    [InlineData("meter", "7,", "132,635")]
    [InlineData("mobilenetv2_w100_r224_imagenet", "300,", "3,")]
    public void Inspect_counts_what_the_models_are_known_to_cost(string name, string macs, string parameters)
    {
        string total = Row(CliRun.Of("inspect", ModelsFolder.Model(name)), "total");

        string[] cells = total.Split(' ', System.StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith(macs, cells[1]);
        Assert.StartsWith(parameters, cells[2]);
    }

    private static string Row(CliRun run, string containing)
    {
        Assert.Equal(0, run.Status);
        return run.Output.Split('\n').First(line => line.Contains(containing));
    }
}
