using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

public class FirmwareFolderTests
{
    private const string Assembly = "InteropAssemblies/QuantMcu.Nano/";

    [Fact]
    public void A_project_that_names_a_firmware_gets_its_models_with_the_glue_and_a_list()
    {
        using TestProject project = Project("QuantMcuFirmwareDirectory");

        Assert.Empty(project.Run().Findings);

        string[] list = File.ReadAllLines(PathOf(project, "firmware.txt"));
        string[] expected =
        [
            Assembly + "digits/digits.c", Assembly + "digits/digits_entry.c", Assembly + "qmcu_registry.h", Assembly + "QuantMcu_Nano.cpp",
            Assembly + "managed/NativeModel.cs", "CMake/Modules/FindINTEROP-QuantMcu.Nano.cmake",
        ];
        Assert.Empty(expected.Except(list));
        Assert.All(list, file => Assert.True(File.Exists(PathOf(project, "firmware/" + file)), file));
        Assert.Contains("MODEL(digits, DIGITS)", File.ReadAllText(PathOf(project, "firmware/" + Assembly + "qmcu_registry.h")));
    }

    [Fact]
    public void Plain_C_has_no_entry_of_a_registry()
    {
        using TestProject project = Project("QuantMcuNativeDirectory");

        project.Run();

        Assert.DoesNotContain("Vision.Digits/digits_entry.c", File.ReadAllLines(PathOf(project, "native.txt")));
        Assert.False(File.Exists(PathOf(project, "firmware.txt")));
    }

    [Fact]
    public void A_model_that_does_not_compile_leaves_the_firmware_as_it_is()
    {
        using TestProject project = Project("QuantMcuFirmwareDirectory").With("models/digits.onnx", [1, 2, 3]);

        Assert.NotEmpty(project.Run().Findings);

        Assert.False(File.Exists(PathOf(project, "firmware.txt")));
    }

    [Theory]
    [InlineData("QuantMcuFirmwareDirectory", "Numbers", "Digits")]
    [InlineData("QuantMcuNativeDirectory", "Numbers", "Digits")]
    [InlineData("QuantMcuFirmwareDirectory", "Vision", "DIGITS")]
    public void Two_classes_of_one_name_in_C_are_one_error_and_replace_nothing(string property, string space, string name)
    {
        using TestProject project = Project(property).With("models/other.onnx", TestModels.Sensor());
        project.Add($"namespace {space} {{ [QuantMcu.QuantizedModel(\"models/other.onnx\")] public static partial class {name}; }}", "Other.cs");

        var errors = project.Run().Findings.Where(finding => finding.Severity == DiagnosticSeverity.Error);

        var error = Assert.Single(errors);
        Assert.Equal("QMCU5108", error.Id);
        Assert.Contains($"Vision.Digits and {space}.{name} would both be 'digits'", error.GetMessage(CultureInfo.InvariantCulture));
        Assert.False(File.Exists(PathOf(project, "firmware.txt")));
    }

    [Fact]
    public void Two_classes_of_one_name_are_welcome_where_no_C_is_wanted()
    {
        using TestProject project = TestModels.DigitsProject().With("models/other.onnx", TestModels.Sensor());
        project.Add("namespace Numbers { [QuantMcu.QuantizedModel(\"models/other.onnx\")] public static partial class Digits; }", "Other.cs");

        Assert.DoesNotContain(project.Run().Findings, finding => finding.Severity == DiagnosticSeverity.Error);
    }

    private static TestProject Project(string property)
    {
        TestProject project = TestModels.DigitsProject();
        project.Properties = project.Properties.Add("QuantMcuCacheDirectory", "obj/").Add(property, "firmware/");
        return project;
    }

    private static string PathOf(TestProject project, string path) => Path.Combine(project.Directory, "obj", path);
}
