using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Analyzers;

/// <summary>QMCU1001 to 1009 and 1020 on: each is reported once, at the right place, and says what to do.</summary>
public class RequestDiagnosticsTests
{
    [Fact]
    public async Task Nothing_is_reported_where_all_is_well()
    {
        using TestProject project = TestModels.DigitsProject();

        Assert.Empty(await project.AnalyzeAsync());
    }

    [Theory]
    [InlineData("public static class Digits;", "Digits")]
    [InlineData("public class Outer { public partial class Digits; }", "Outer")]
    [InlineData("public partial class Outer { public class Digits; }", "Digits")]
    public async Task QMCU1001_names_the_type_that_is_not_partial(string declaration, string culprit)
    {
        int inner = declaration.LastIndexOf("public", StringComparison.Ordinal);
        using TestProject project = Digits("using QuantMcu;\n" + declaration.Insert(inner, "[QuantizedModel(\"digits.onnx\")] "));

        await AssertOneAsync(project, "QMCU1001", culprit, "'" + culprit + "' must be partial");
        Assert.Empty(project.Run().FileNames);
    }

    [Fact]
    public async Task QMCU1002_says_how_to_add_a_missing_model()
    {
        using TestProject project = Annotated("(\"models/none.onnx\")");

        await AssertOneAsync(project, "QMCU1002", "\"models/none.onnx\"", "<AdditionalFiles Include=\"models/none.onnx\" />");
    }

    [Theory]
    [InlineData("(\"wrong/digits.onnx\")", "\"wrong/digits.onnx\"", "Did you mean 'digits.onnx'?")]
    [InlineData("(\"DIGITS.onnx\")", "\"DIGITS.onnx\"", "Did you mean 'digits.onnx'?")]
    [InlineData("(\"digits.pb\")", "\"digits.pb\"", "ends in .onnx")]
    [InlineData("(\"digits.npy\")", "\"digits.npy\"", "ends in .onnx")]
    [InlineData("(\"\")", "\"\"", "ends in .onnx")]
    [InlineData("(null!)", "null!", "ends in .onnx")]
    public async Task QMCU1002_helps_with_a_wrong_path(string arguments, string place, string help)
    {
        using TestProject project = Annotated(arguments).With("digits.npy", TestModels.DigitSamples());

        await AssertOneAsync(project, "QMCU1002", place, help);
    }

    [Fact]
    public async Task QMCU1003_says_how_to_add_missing_samples()
    {
        using TestProject project = Annotated("(\"digits.onnx\", Calibration = \"a.npy\")");

        await AssertOneAsync(project, "QMCU1003", "Calibration = \"a.npy\"", "<AdditionalFiles Include=\"a.npy\" />");
    }

    [Fact]
    public async Task QMCU1003_is_reported_at_the_attribute_where_the_path_is_item_metadata()
    {
        using TestProject project = Annotated("(\"digits.onnx\")")
            .With("digits.onnx", TestModels.Digits(), ("Calibration", "a.npy"));

        await AssertOneAsync(project, "QMCU1003", "QuantizedModel(\"digits.onnx\")", "'a.npy'");
    }

    [Fact]
    public async Task QMCU1004_asks_for_unsafe_blocks()
    {
        using var project = new TestProject(Source("(\"digits.onnx\")")) { AllowUnsafe = false };
        project.With("digits.onnx", TestModels.Digits());

        await AssertOneAsync(
            project, "QMCU1004", "QuantizedModel(\"digits.onnx\")", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>");
        AssertNothingHidesIt(project);
    }

    [Fact]
    public async Task QMCU1005_asks_for_a_newer_language()
    {
        const string OldSource = "using QuantMcu;\n[QuantizedModel(\"digits.onnx\")] static partial class Digits { }";
        using var project = new TestProject(OldSource, LanguageVersion.CSharp8);
        project.With("digits.onnx", TestModels.Digits());

        await AssertOneAsync(project, "QMCU1005", "QuantizedModel(\"digits.onnx\")", "<LangVersion>12.0</LangVersion>");
        AssertNothingHidesIt(project);
    }

    [Theory]
    [InlineData("Precision = (Precision)7", "QMCU1006")]
    [InlineData("Target = (Target)77", "QMCU1006")]
    [InlineData("InputShape = \"1x3x8x8\"", "QMCU1006")]
    [InlineData("Mean = new double[0]", "QMCU1006")]
    [InlineData("Mean = new[] { double.NaN }", "QMCU1007")]
    [InlineData("Std = new[] { 0.0 }", "QMCU1007")]
    [InlineData("Std = new[] { 1.0, -2 }", "QMCU1007")]
    [InlineData("Ram = -1", "QMCU1007")]
    [InlineData("Flash = -1", "QMCU1007")]
    [InlineData("InputShape = \"1,0,8,8\"", "QMCU1007")]
    [InlineData("Patches = \"4\"", "QMCU1006")]
    [InlineData("Patches = \"0x4\"", "QMCU1007")]
    [InlineData("Halo = (Halo)9", "QMCU1006")]
    [InlineData("Search = (Search)9", "QMCU1006")]
    [InlineData("WeightBits = 3", "QMCU1007")]
    [InlineData("Lambda = 1.5", "QMCU1007")]
    [InlineData("Phi = -1", "QMCU1007")]
    [InlineData("Vote = double.NaN", "QMCU1007")]
    [InlineData("MaxDamage = -1", "QMCU1007")]
    public async Task QMCU1006_and_1007_stand_at_the_option(string option, string id)
    {
        using TestProject project = Annotated("(\"digits.onnx\", " + option + ")");

        await AssertOneAsync(project, id, option, "Option " + option.Split(' ')[0] + ":");
    }

    [Theory]
    [InlineData("WeightBits = 4", "Precision = Int8")]
    [InlineData("StageOnly = true", "Precision = Int8")]
    [InlineData("Halo = Halo.Recompute, Patches = \"none\"", "Patches = none")]
    [InlineData("Lambda = 0.5, Precision = Precision.Mixed", "Search = Output")]
    [InlineData("Classification = PatchClassification.Dynamic, Precision = Precision.Mixed, Halo = Halo.Cache", "Halo = Cache")]
    public async Task QMCU1023_stands_at_the_option_that_contradicts_another(string options, string other)
    {
        using TestProject project = Annotated("(\"digits.onnx\", " + options + ")");

        await AssertOneAsync(project, "QMCU1023", options.Split(',')[0], other);
    }

    [Fact]
    public async Task QMCU1023_is_found_between_the_attribute_and_item_metadata()
    {
        using TestProject project = Annotated("(\"digits.onnx\", Patches = \"none\")")
            .With("digits.onnx", TestModels.Digits(), ("Halo", "cache"));

        await AssertOneAsync(project, "QMCU1023", "QuantizedModel(\"digits.onnx\", Patches = \"none\")", "Patches = none");
    }

    [Fact]
    public async Task Options_are_read_from_item_metadata_too()
    {
        using TestProject project = Annotated("(\"digits.onnx\")").With("digits.onnx", TestModels.Digits(), ("Ram", "much"));

        await AssertOneAsync(project, "QMCU1006", "QuantizedModel(\"digits.onnx\")", "Option Ram: 'much'");
    }

    [Fact]
    public async Task An_option_of_the_attribute_hides_the_item_metadata()
    {
        using TestProject project = Annotated("(\"digits.onnx\", Ram = 5)")
            .With("digits.onnx", TestModels.Digits(), ("Ram", "much"));

        Assert.Empty(await project.AnalyzeAsync());
    }

    [Fact]
    public async Task QMCU1009_lists_the_files_that_a_name_could_mean()
    {
        using TestProject project = Annotated("(\"m.onnx\")")
            .With("a/m.onnx", TestModels.Digits()).With("b/m.onnx", TestModels.Digits());

        await AssertOneAsync(project, "QMCU1009", "\"m.onnx\"", "'a/m.onnx', 'b/m.onnx'");
    }

    [Theory]
    [InlineData("model.onnx", "(\"model.onnx\")", "\"model.onnx\"")]
    [InlineData("samples.npy", "(\"digits.onnx\", Calibration = \"samples.npy\")", "Calibration = \"samples.npy\"")]
    public void QMCU1020_says_why_a_file_cannot_be_read(string missing, string arguments, string place)
    {
        using TestProject project = Annotated(arguments).WithMissing(missing);

        GeneratorRun run = project.Run();

        Diagnostic finding = Assert.Single(run.Findings);
        Assert.Equal("QMCU1020", finding.Id);
        AssertPlace(project, finding, place);
    }

    [Theory]
    [InlineData("public partial class Digits<T>;", "generic")]
    [InlineData("public partial record Digits;", "ordinary class")]
    [InlineData("file partial class Digits;", "local to its file")]
    public async Task QMCU1021_says_why_a_class_does_not_do(string declaration, string why)
    {
        using TestProject project = Digits("using QuantMcu;\n[QuantizedModel(\"digits.onnx\")] " + declaration);

        await AssertOneAsync(project, "QMCU1021", "Digits", why);
        Assert.Empty(project.Run().FileNames);
    }

    [Fact]
    public async Task Every_mistake_is_reported_once()
    {
        using TestProject project = Annotated("(\"none.onnx\", Calibration = \"none.npy\", Ram = -1, Std = new[] { 0.0 })");

        Assert.Equal(
            ["QMCU1002", "QMCU1003", "QMCU1007", "QMCU1007"], (await project.AnalyzeAsync()).Select(finding => finding.Id));
    }

    [Fact]
    public void The_generator_leaves_mistakes_to_the_analyzers()
    {
        using TestProject project = Annotated("(\"none.onnx\", Ram = -1)");

        Assert.Empty(project.Run().Findings);
    }

    [Theory]
    [InlineData("RunAnalyzers")]
    [InlineData("RunAnalyzersDuringBuild")]
    public void The_generator_reports_mistakes_where_the_analyzers_do_not_run(string property)
    {
        using TestProject project = Annotated("(\"none.onnx\", Ram = -1)");
        project.Properties = project.Properties.Add(property, "false");

        GeneratorRun run = project.Run();

        Assert.Equal(["QMCU1002", "QMCU1007"], run.Findings.Select(finding => finding.Id).Order());
        AssertPlace(project, run.Findings.Single(finding => finding.Id == "QMCU1007"), "Ram = -1");
    }

    [Fact]
    public async Task Errors_cannot_be_configured_away()
    {
        using TestProject project = Annotated("(\"none.onnx\")");

        Diagnostic finding = Assert.Single(await project.AnalyzeAsync());

        Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, finding.Descriptor.CustomTags);
    }

    private static async Task AssertOneAsync(TestProject project, string id, string place, string words)
    {
        Diagnostic finding = Assert.Single(await project.AnalyzeAsync());
        Assert.Equal(id, finding.Id);
        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.Contains(words, finding.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        AssertPlace(project, finding, place);
    }

    /// <summary>Errors in emitted declarations would keep the compiler from running the analyzers.</summary>
    private static void AssertNothingHidesIt(TestProject project)
    {
        GeneratorRun run = project.Run();
        Assert.Empty(run.FileNames);
        Assert.Empty(run.CompilerFindings);
    }

    private static void AssertPlace(TestProject project, Diagnostic finding, string place) =>
        Assert.Equal(place, project.TextAt(finding));

    private static TestProject Annotated(string arguments) => Digits(Source(arguments));

    private static string Source(string arguments) =>
        "using QuantMcu;\n[QuantizedModel" + arguments + "] public static partial class Digits;";

    private static TestProject Digits(string source) => new TestProject(source).With("digits.onnx", TestModels.Digits());
}
