using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Generation;
using QuantMcu.Generators.Tests.Hosting;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

public class GeneratorTests
{
    [Fact]
    public void Emitted_code_compiles_without_warnings()
    {
        using TestProject project = TestModels.DigitsProject()
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.SensorSamples());
        project.Add(Sensor("\"sensor.onnx\", Calibration = \"sensor.npy\""), "Sensor.cs");

        GeneratorRun run = project.Run();

        Assert.Empty(run.Findings);
        Assert.Empty(run.CompilerFindings);
        Assert.Equal(4, run.FileNames.Count());
    }

    [Fact]
    public void A_compiled_model_is_summed_up_in_one_line_that_the_build_can_print()
    {
        using TestProject project = TestModels.DigitsProject()
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.SensorSamples());
        project.Add(Sensor("\"sensor.onnx\", Calibration = \"sensor.npy\""), "Sensor.cs");
        project.Properties = project.Properties.Add("QuantMcuCacheDirectory", "obj/");

        GeneratorRun run = project.Run();

        string[] printed = File.ReadAllLines(Path.Combine(project.Directory, "obj", "summary.txt"));
        Assert.Equal(2, printed.Length);
        Assert.Equal(printed.Order(), run.Summaries.Order());
        Assert.All(printed, line => Assert.Matches(
            "^(Sensor|Vision.Digits): arena [0-9,]+ bytes, flash [0-9,]+ bytes, 8 bits, layer by layer, [0-9,]+ MACs, [0-9,]+ BitOPs$", line));
    }

    [Fact]
    public void The_line_of_a_patched_model_of_mixed_precision_says_so()
    {
        using TestProject project = TestModels.DigitsProject();
        project.Replace(TestModels.Source.Replace(")]", ", Precision = Precision.Mixed, Patches = \"2x2\", Halo = Halo.Cache)]", StringComparison.Ordinal));

        GeneratorRun run = project.Run();

        Assert.Empty(run.Findings);
        Assert.Empty(run.CompilerFindings);
        string line = Assert.Single(run.Summaries);
        Assert.Contains("mixed precision (search by output), 2x2 patches with halos cached, ", line, StringComparison.Ordinal);
        Assert.Contains(" fewer than 8 bits layer by layer)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_gone_is_no_longer_summed_up()
    {
        using TestProject project = TestModels.DigitsProject();
        project.Properties = project.Properties.Add("QuantMcuCacheDirectory", "obj/");
        GeneratorRun first = project.Run();

        project.Replace("class Unrelated;");
        project.Run(first);

        Assert.Empty(File.ReadAllLines(Path.Combine(project.Directory, "obj", "summary.txt")));
    }

    [Fact]
    public void A_model_without_samples_compiles_with_a_warning()
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\"")).With("sensor.onnx", TestModels.Sensor());

        GeneratorRun run = project.Run();

        Assert.Equal("QMCU3006", Assert.Single(run.Findings).Id);
        Assert.Equal(2, run.FileNames.Count());
    }

    [Fact]
    public void Nested_and_escaped_names_and_names_that_differ_in_case_are_kept_apart()
    {
        using TestProject project = new TestProject("""
            using QuantMcu;
            namespace @class.Ünï
            {
                public partial struct @struct { [QuantizedModel("sensor.onnx")] static partial class @event; }
                public partial interface IOuter { [QuantizedModel("sensor.onnx")] static partial class Net; }
                public partial record Rec { [QuantizedModel("sensor.onnx")] static partial class Net; }
                public partial record struct Val { [QuantizedModel("sensor.onnx")] static partial class Net; }
            }
            [QuantizedModel("sensor.onnx")] partial class Net;
            [QuantizedModel("sensor.onnx")] partial class NET;
            """).With("sensor.onnx", TestModels.Sensor());

        GeneratorRun run = project.Run();

        Assert.Equal(12, run.FileNames.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Empty(run.CompilerFindings);
        Assert.All(run.Findings, finding => Assert.Equal("QMCU3006", finding.Id));
    }

    [Fact]
    public void The_attribute_on_two_parts_of_a_class_gives_one_network()
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\"")).With("sensor.onnx", TestModels.Sensor());
        project.Add(Sensor("\"sensor.onnx\""), "Second.cs");

        Assert.Equal(2, project.Run().FileNames.Count());
    }

    [Fact]
    public void Options_of_attribute_and_item_metadata_reach_the_engine()
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\", Flash = 1"))
            .With("sensor.onnx", TestModels.Sensor(), ("Ram", "1"), ("Calibration", "sensor.npy"))
            .With("sensor.npy", TestModels.SensorSamples());

        Assert.Contains(project.Run().Findings, finding => finding.Id is "QMCU4001");
    }

    [Theory]
    [InlineData("Ram = 1", "QMCU4001")]
    [InlineData("Flash = 1", "QMCU4002")]
    public void A_budget_that_cannot_be_met_is_reported_at_the_budget(string option, string id)
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\", Calibration = \"sensor.npy\", " + option))
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.SensorSamples());

        GeneratorRun run = project.Run();

        Diagnostic finding = Assert.Single(run.Findings);
        Assert.Equal(id, finding.Id);
        Assert.Equal(option, project.TextAt(finding));
        Assert.Equal(["Sensor.Api.g.cs"], run.FileNames);
        Assert.Empty(run.CompilerFindings);
    }

    [Fact]
    public void A_model_that_is_not_supported_is_reported_at_its_path()
    {
        byte[] model = new OnnxBuilder()
            .Input("x", 1, 4).Node("Einsum", ["x"], ["y"], ("equation", "ij->ji")).Output("y").ToBytes();
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\"")).With("sensor.onnx", model);

        GeneratorRun run = project.Run();

        Diagnostic finding = Assert.Single(run.Findings);
        Assert.Equal("QMCU2003", finding.Id);
        Assert.Equal("\"sensor.onnx\"", project.TextAt(finding));
        Assert.Contains("Einsum", finding.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Empty(run.CompilerFindings);
    }

    [Fact]
    public void Samples_that_do_not_fit_are_reported_at_the_samples()
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\", Calibration = \"sensor.npy\""))
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.DigitSamples());

        Diagnostic finding = Assert.Single(project.Run().Findings);

        Assert.Equal("QMCU1013", finding.Id);
        Assert.Equal("Calibration = \"sensor.npy\"", project.TextAt(finding));
    }

    [Fact]
    public void Damaged_models_end_in_one_error_and_an_api_that_compiles()
    {
        byte[] whole = TestModels.Sensor();
        var random = new Random(3);
        for (int trial = 0; trial < 60; trial++)
        {
            byte[] damaged = trial % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int change = 0; change < 3 && damaged.Length > 0; change++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);

            using TestProject project = new TestProject(Sensor("\"sensor.onnx\"")).With("sensor.onnx", damaged);
            GeneratorRun run = project.Run();

            Assert.DoesNotContain(run.Findings, finding => finding.Id == "QMCU5999");
            int errors = run.Findings.Count(finding => finding.Severity == DiagnosticSeverity.Error);
            Assert.Equal((run.FileNames.Count(), errors), errors == 0 ? (2, 0) : (1, 1));
            Assert.Empty(run.CompilerFindings);
        }
    }

    [Fact]
    public void A_design_time_build_gives_the_same_api_and_nothing_else()
    {
        using TestProject project = TestModels.DigitsProject();
        string api = project.Run().Source("Vision.Digits.Api.g.cs");
        project.Properties = project.Properties.Add("DesignTimeBuild", "true");

        GeneratorRun run = project.Run();

        Assert.Equal(["Vision.Digits.Api.g.cs"], run.FileNames);
        Assert.Equal(api, run.Source("Vision.Digits.Api.g.cs"));
        Assert.Empty(run.Findings);
        Assert.Empty(run.CompilerFindings);
    }

    [Fact]
    public void Signed_samples_give_signed_parameters_in_both_phases()
    {
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\", Calibration = \"sensor.npy\""))
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.SensorSamples());
        string api = project.Run().Source("Sensor.Api.g.cs");
        project.Properties = project.Properties.Add("DesignTimeBuild", "true");

        Assert.Contains("ReadOnlySpan<sbyte> input", api, StringComparison.Ordinal);
        Assert.Equal(api, project.Run().Source("Sensor.Api.g.cs"));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    public void The_same_request_gives_the_same_bytes_in_every_culture_and_directory(string culture)
    {
        using TestProject here = TestModels.DigitsProject();
        using TestProject there = TestModels.DigitsProject();
        string[] first = Sources(here.Run());
        CompilationCache.Shared.Clear();

        Assert.Equal(first, Cultures.Under(culture, () => Sources(there.Run())));
    }

    [Fact]
    public void Emitted_text_has_line_feeds_only_and_no_path_of_this_machine()
    {
        using TestProject project = TestModels.DigitsProject();

        Assert.All(Sources(project.Run()), source =>
        {
            Assert.DoesNotContain('\r', source);
            Assert.DoesNotContain(project.Directory, source, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Cancellation_ends_a_run()
    {
        using TestProject project = TestModels.DigitsProject();
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => project.Run(source.Token));
    }

    [ModelsFact]
    public async Task Cancellation_during_compilation_ends_it_at_once()
    {
        byte[] model = await File.ReadAllBytesAsync(ModelsFolder.Model("mobilenetv2_w100_r224_imagenet"));
        using TestProject project = new TestProject(Sensor("\"sensor.onnx\"")).With("sensor.onnx", model);
        using var source = new CancellationTokenSource();

        Task run = Task.Run(() => project.Run(source.Token));
        await Task.WhenAny(run, Task.Delay(1500));
        Assert.False(run.IsCompleted, "The compilation was over before it could be cancelled.");
        var watch = Stopwatch.StartNew();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), "Cancellation took " + watch.Elapsed);
    }

    [Fact]
    public void An_answer_of_this_process_is_not_computed_again()
    {
        using TestProject project = TestModels.DigitsProject().With("models/digits.onnx", TestModels.Digits(seed: 101));
        (string key, _) = KeyOf(project);
        CompilationCache.Shared.Add(key, new CompiledClass(new ClassSources("// known", "// known"), default));

        Assert.Equal(["// known", "// known"], Sources(project.Run()));
    }

    [Fact]
    public void An_answer_of_an_earlier_process_is_not_computed_again()
    {
        using TestProject project = TestModels.DigitsProject().With("models/digits.onnx", TestModels.Digits(seed: 102));
        project.Properties = project.Properties.Add("QuantMcuCacheDirectory", "obj/quantmcu/");
        project.Run();
        string directory = Path.Combine(project.Directory, "obj/quantmcu/");
        (string key, ClassTarget target) = KeyOf(project);
        Assert.NotNull(CompilationFile.Find(directory, target, key));

        CompilationCache.Shared.Clear();
        CompilationFile.Keep(directory, target, key, new CompiledClass(new ClassSources("// kept", "// kept"), default));

        Assert.Equal(["// kept", "// kept"], Sources(project.Run()));
    }

    private static (string Key, ClassTarget Target) KeyOf(TestProject project)
    {
        var target = new ClassTarget("Vision", [], "Digits");
        string Hash(string extension) => RequestHash.Sha256(
            File.ReadAllBytes(project.Files.Single(file => file.Path.EndsWith(extension, StringComparison.Ordinal)).Path));
        return (CacheKey.Of(target, RequestHash.Of(Hash(".onnx"), Hash(".npy"), CompileOptions.Default)), target);
    }

    private static string Sensor(string arguments) => "[QuantMcu.QuantizedModel(" + arguments + ")] static partial class Sensor;";

    private static string[] Sources(GeneratorRun run) =>
        [.. run.Result.GeneratedSources.Select(source => source.SourceText.ToString())];
}
