using System.IO;
using System.Linq;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Cli.Tests;

public sealed class CompileTests
{
    [Fact]
    public void Compile_writes_the_class_and_prints_one_line()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of(
            "compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"), "--namespace", "A.B");

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        Assert.Single(run.Output.TrimEnd().Split('\n'));
        Assert.Contains("TinyNet", run.Output);
        Assert.Equal(["TinyNet.Api.g.cs", "TinyNet.Kernels.g.cs", "TinyNet.cs"], FilesOf(directory.PathOf("out")));
        Assert.Contains("namespace A.B;", File.ReadAllText(directory.PathOf("out/TinyNet.cs")));
        Assert.Contains("Run(", File.ReadAllText(directory.PathOf("out/TinyNet.Api.g.cs")));
    }

    [Fact]
    public void The_files_that_compile_writes_are_a_whole_class_without_warnings()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        CliRun.Of("compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"), "--namespace", "A.B");

        var sources = FilesOf(directory.PathOf("out")).Select(file => File.ReadAllText(directory.PathOf("out/" + file)));
        Assert.NotEmpty(CSharpHost.Compile(sources));
    }

    [Fact]
    public void Compile_writes_c_with_the_kernels_that_it_needs()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"), "--emit", "c", "--prefix", "eye");

        Assert.Equal(0, run.Status);
        Assert.Empty(run.Error);
        string[] files = FilesOf(directory.PathOf("out"));
        Assert.Equal(["eye.c", "eye.h", "eye_weights.h"], files.Where(file => file.StartsWith("eye", System.StringComparison.Ordinal)));
        Assert.Contains("qmcu.h", files);
        Assert.Contains("void eye_run(const uint8_t *input, uint8_t *output);", File.ReadAllText(directory.PathOf("out/eye.h")));
        string[] included = files.SelectMany(file => File.ReadLines(directory.PathOf("out/" + file)))
            .Where(line => line.StartsWith("#include \"", System.StringComparison.Ordinal)).Select(line => line.Split('"')[1]).Distinct().ToArray();
        Assert.All(included, file => Assert.Contains(file, files));
    }

    [Fact]
    public void Compile_lays_models_over_the_firmware_of_nanoframework_one_after_another()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string firmware = directory.PathOf("firmware"), registry = "firmware/InteropAssemblies/QuantMcu.Nano/qmcu_registry.h";
        string[] arguments = ["compile", tiny.Model, "--calibration", tiny.Data, "-o", firmware, "--emit", "nano", "--prefix"];

        var first = CliRun.Of([.. arguments, "eye"]);
        var second = CliRun.Of([.. arguments, "ear"]);

        Assert.Equal((0, 0), (first.Status, second.Status));
        Assert.Contains("content hash ", first.Output);
        Assert.Contains("MODEL(eye, EYE)", File.ReadAllText(directory.PathOf(registry)));
        Assert.Contains("MODEL(ear, EAR)", File.ReadAllText(directory.PathOf(registry)));
        Assert.True(File.Exists(directory.PathOf("firmware/CMake/Modules/FindINTEROP-QuantMcu.Nano.cmake")));
        Assert.DoesNotContain(Directory.GetFiles(firmware, ".*", SearchOption.AllDirectories), _ => true);

        Directory.Delete(directory.PathOf("firmware/InteropAssemblies/QuantMcu.Nano/eye"), recursive: true);
        Assert.Equal(0, CliRun.Of([.. arguments, "ear"]).Status);
        Assert.DoesNotContain("eye", File.ReadAllText(directory.PathOf(registry)));
    }

    [Fact]
    public void Compile_takes_the_checksum_from_stubs_and_writes_nothing_where_they_are_of_another_assembly()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        string[] arguments = ["compile", tiny.Model, "--calibration", tiny.Data, "--emit", "nano", "-o"];
        const string Table = "InteropAssemblies/QuantMcu.Nano/QuantMcu_Nano.cpp";
        CliRun.Of([.. arguments, directory.PathOf("firmware")]);
        string recorded = File.ReadAllText(directory.PathOf("firmware/" + Table));
        directory.Write("stubs/QuantMcu_Nano.cpp", System.Text.Encoding.UTF8.GetBytes(recorded.Replace("0x30F8551D", "0xC0FFEE")));
        directory.Write("wrong/QuantMcu_Nano.cpp", System.Text.Encoding.UTF8.GetBytes(recorded.Replace("AbiVersion", "Version")));

        Assert.Equal(0, CliRun.Of([.. arguments, directory.PathOf("other"), "--stubs", directory.PathOf("stubs")]).Status);
        var refused = CliRun.Of([.. arguments, directory.PathOf("third"), "--stubs", directory.PathOf("wrong")]);

        Assert.Contains("0xC0FFEE", File.ReadAllText(directory.PathOf("other/" + Table)));
        Assert.Equal(2, refused.Status);
        Assert.Contains("method 5 is", refused.Error);
        Assert.False(Directory.Exists(directory.PathOf("third")));
    }

    [Theory]
    [InlineData("Eye")]
    [InlineData("1st")]
    [InlineData("a b")]
    public void Compile_refuses_a_prefix_that_is_no_c_name(string prefix)
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("compile", tiny.Model, "-o", directory.PathOf("out"), "--emit", "c", "--prefix", prefix);

        Assert.Equal(2, run.Status);
        Assert.Contains(prefix, run.Error);
        Assert.False(Directory.Exists(directory.PathOf("out")));
    }

    [Fact]
    public void Compile_names_the_class_as_asked()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of(
            "compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.FullName, "--class", "Eye", "--emit", "csharp");

        Assert.Equal(0, run.Status);
        Assert.Contains("partial class Eye", File.ReadAllText(directory.PathOf("Eye.Kernels.g.cs")));
    }

    [Theory]
    [InlineData("--class", "1st")]
    [InlineData("--class", "int")]
    [InlineData("--class", "A B")]
    [InlineData("--namespace", "A..B")]
    public void Compile_refuses_a_name_that_is_no_identifier(string option, string name)
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"), option, name);

        Assert.Equal(2, run.Status);
        Assert.Contains(name, run.Error);
        Assert.False(Directory.Exists(directory.PathOf("out")));
    }

    [Fact]
    public void Compile_warns_without_calibration_samples_and_succeeds()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("compile", tiny.Model, "-o", directory.PathOf("out"));

        Assert.Equal(0, run.Status);
        Assert.StartsWith("warning QMCU3006: ", run.Error);
    }

    [Theory]
    [InlineData("--ram", "QMCU4001")]
    [InlineData("--flash", "QMCU4002")]
    public void A_budget_that_cannot_be_met_ends_with_status_1_and_leaves_what_was_there(string budget, string id)
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        directory.Write("out/TinyNet.Kernels.g.cs", "before"u8.ToArray());

        var run = CliRun.Of("compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"), budget, "10");

        Assert.Equal(1, run.Status);
        Assert.StartsWith("error " + id + ": ", run.Error);
        Assert.Equal(["TinyNet.Kernels.g.cs"], FilesOf(directory.PathOf("out")));
        Assert.Equal("before", File.ReadAllText(directory.PathOf("out/TinyNet.Kernels.g.cs")));
    }

    [Fact]
    public void Broken_calibration_samples_end_with_status_1()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);

        var run = CliRun.Of("compile", tiny.Model, "--calibration", tiny.Model, "-o", directory.PathOf("out"));

        Assert.Equal(1, run.Status);
        Assert.StartsWith("error QMCU1010: ", run.Error);
        Assert.False(Directory.Exists(directory.PathOf("out")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_nothing_behind()
    {
        using var directory = new TemporaryDirectory();
        var tiny = new TinyModel(directory);
        Directory.CreateDirectory(directory.PathOf("out/TinyNet.Kernels.g.cs"));

        var run = CliRun.Of("compile", tiny.Model, "--calibration", tiny.Data, "-o", directory.PathOf("out"));

        Assert.Equal(2, run.Status);
        Assert.Contains("cannot write", run.Error);
        Assert.DoesNotContain(FilesOf(directory.PathOf("out")), file => file.StartsWith('.'));
    }

    [Fact]
    public void Processes_in_other_cultures_and_directories_write_the_same_bytes()
    {
        using var english = new TemporaryDirectory();
        using var turkish = new TemporaryDirectory();

        foreach (var (directory, culture) in new[] { (english, "en-US"), (turkish, "tr-TR") })
        {
            new TinyModel(directory, "net.onnx");
            var run = CliProcess.Run(
                directory.FullName, culture,
                "compile", "net.onnx", "--calibration", "x.npy", "--mean", "127.5", "--std", "0.5,1.5,2.5", "-o", "out");

            Assert.Equal(0, run.Status);
            Assert.Empty(run.Error);
        }

        string[] files = FilesOf(english.PathOf("out"));
        Assert.Equal(files, FilesOf(turkish.PathOf("out")));
        Assert.All(files, file =>
        {
            byte[] bytes = File.ReadAllBytes(english.PathOf("out/" + file));
            Assert.Equal(bytes, File.ReadAllBytes(turkish.PathOf("out/" + file)));
            Assert.DoesNotContain((byte)'\r', bytes);
        });
    }

    private static string[] FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None })
            .Select(file => Path.GetFileName(file)).Order(System.StringComparer.Ordinal).ToArray();
}
