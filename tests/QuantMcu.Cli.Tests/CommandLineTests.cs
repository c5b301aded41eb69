using System.IO;
using System.Text;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Help_lists_every_command_and_succeeds()
    {
        var run = CliRun.Of("--help");

        Assert.Equal(0, run.Status);
        Assert.Contains("inspect", run.Output);
        Assert.Contains("compile", run.Output);
        Assert.Contains("evaluate", run.Output);
        Assert.Contains("report", run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("compile", "--ram")]
    [InlineData("compile", "--output")]
    [InlineData("evaluate", "--labels")]
    [InlineData("report", "--format")]
    [InlineData("inspect", "--input-shape")]
    public void Help_of_a_command_lists_its_options(string command, string option)
    {
        var run = CliRun.Of(command, "--help");

        Assert.Equal(0, run.Status);
        Assert.Contains(option, run.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("measure", "model.onnx")]
    [InlineData("inspect")]
    [InlineData("inspect", "model.onnx", "--colour")]
    [InlineData("inspect", "model.onnx", "another.onnx")]
    [InlineData("compile", "model.onnx")]
    [InlineData("compile", "model.onnx", "-o", "out", "--emit", "cobol")]
    [InlineData("evaluate", "model.onnx")]
    [InlineData("evaluate", "model.onnx", "--data", "x.npy", "--limit", "0")]
    [InlineData("evaluate", "model.onnx", "--data", "x.npy", "--limit", "many")]
    [InlineData("evaluate", "model.onnx", "--data", "x.npy", "--limit")]
    [InlineData("report", "model.onnx")]
    [InlineData("report", "model.onnx", "-o", "r.html", "--format", "pdf")]
    public void A_wrong_command_line_ends_with_status_2_and_says_why_on_standard_error(params string[] args)
    {
        var run = CliRun.Of(args);

        Assert.Equal(2, run.Status);
        Assert.Empty(run.Output);
        Assert.StartsWith("quantmcu: ", run.Error);
    }

    [Theory]
    [InlineData("--mean", "a,b")]
    [InlineData("--std", "0")]
    [InlineData("--precision", "float")]
    [InlineData("--ram", "-1")]
    [InlineData("--flash", "much")]
    [InlineData("--target", "Z80")]
    [InlineData("--input-shape", "1,x")]
    [InlineData("--patches", "4")]
    [InlineData("--halo", "share")]
    [InlineData("--search", "random")]
    [InlineData("--weight-bits", "3")]
    [InlineData("--lambda", "2")]
    [InlineData("--phi", "x")]
    [InlineData("--vote", "-1")]
    [InlineData("--classification", "late")]
    [InlineData("--classified", "output")]
    [InlineData("--stage-only", "perhaps")]
    [InlineData("--max-damage", "-1")]
    public void An_option_value_that_cannot_be_read_ends_with_status_2_and_names_the_option(string option, string value)
    {
        var run = CliRun.Of("compile", "model.onnx", "-o", "out", option, value);

        Assert.Equal(2, run.Status);
        Assert.Contains(option, run.Error);
        Assert.Contains("QMCU100", run.Error);
    }

    [Theory]
    [InlineData("--stage-only")]
    [InlineData("--weight-bits=4")]
    [InlineData("--patches=none", "--halo=cache")]
    [InlineData("--precision=mixed", "--halo=cache", "--classification=dynamic")]
    public void Options_that_contradict_each_other_end_with_status_2(params string[] options)
    {
        var run = CliRun.Of(["compile", "model.onnx", "-o", "out", .. options]);

        Assert.Equal(2, run.Status);
        Assert.Contains("QMCU1023", run.Error);
        Assert.Contains("Option --", run.Error);
    }

    [Theory]
    [InlineData("inspect", "{0}")]
    [InlineData("compile", "{0}", "-o", "{1}")]
    [InlineData("evaluate", "{0}", "--data", "{0}")]
    [InlineData("report", "{0}", "-o", "{1}")]
    public void A_missing_model_ends_with_status_1_and_an_id(params string[] args)
    {
        using var folder = new TemporaryDirectory();

        var run = CliRun.Of(Filled(args, folder.PathOf("none.onnx"), folder.PathOf("out")));

        Assert.Equal(1, run.Status);
        Assert.Empty(run.Output);
        Assert.StartsWith("error QMCU1020: ", run.Error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullName));
    }

    [Theory]
    [InlineData("inspect", "{0}")]
    [InlineData("compile", "{0}", "-o", "{1}")]
    [InlineData("evaluate", "{0}", "--data", "{2}")]
    [InlineData("report", "{0}", "-o", "{1}")]
    public void A_broken_model_ends_with_status_1_and_one_line_with_an_id(params string[] args)
    {
        using var folder = new TemporaryDirectory();
        string model = folder.Write("broken/model.onnx", Encoding.ASCII.GetBytes("this is no model"));
        string output = folder.PathOf("out");

        var run = CliRun.Of(Filled(args, model, output, new TinyModel(folder).Data));

        Assert.Equal(1, run.Status);
        Assert.Empty(run.Output);
        Assert.StartsWith("error QMCU2001: ", run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(output));
    }

    private static string[] Filled(string[] args, params string[] paths) =>
        System.Array.ConvertAll(args, arg => arg.StartsWith('{') ? paths[arg[1] - '0'] : arg);
}
