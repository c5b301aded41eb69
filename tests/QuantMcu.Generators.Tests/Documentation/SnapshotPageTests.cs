using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Generators.Tests.Hosting;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Documentation;

/// <summary>What docs/snapshot-testing.md tells users to write.</summary>
public class SnapshotPageTests
{
    private static string Page => File.ReadAllText(Path.Combine(ModelsFolder.Repository, "docs", "snapshot-testing.md"));

    [Fact]
    public void The_class_on_the_page_is_the_one_that_is_compiled_here()
    {
        string file = File.ReadAllText(Path.Combine(ModelsFolder.Repository, "tests", "QuantMcu.Generators.Tests", "Documentation", "GeneratedCode.cs"));
        string declaration = file.Substring(file.IndexOf("/// <summary>", System.StringComparison.Ordinal)).TrimEnd();
        Assert.Contains(declaration, Page);
    }

    [Fact]
    public void The_class_on_the_page_runs_the_generator_as_a_build_does()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("models/sensor.onnx", TestModels.Sensor());
        folder.Write("data/sensor.npy", TestModels.SensorSamples());

        var result = GeneratedCode.Run(
            folder.FullName, "[QuantMcu.QuantizedModel(\"models/sensor.onnx\", Calibration = \"data/sensor.npy\")] static partial class Sensor;",
            "models/sensor.onnx", "data/sensor.npy").GetRunResult();

        Assert.DoesNotContain(result.Diagnostics, finding => finding.Severity >= DiagnosticSeverity.Warning);
        using var same = new TestProject("[QuantMcu.QuantizedModel(\"sensor.onnx\", Calibration = \"sensor.npy\")] static partial class Sensor;")
            .With("sensor.onnx", TestModels.Sensor()).With("sensor.npy", TestModels.SensorSamples());
        Assert.Equal(
            same.Run().Result.GeneratedSources.Select(source => (source.HintName, source.SourceText.ToString())),
            result.Results.Single().GeneratedSources.Select(source => (source.HintName, source.SourceText.ToString())));
    }
}
