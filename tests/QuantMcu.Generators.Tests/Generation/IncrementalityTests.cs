using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

/// <summary>What runs again after a change, by the reasons that the compiler records for tracked steps.</summary>
public class IncrementalityTests
{
    private static readonly string[] Outputs = [TrackingNames.Api, TrackingNames.Kernels, TrackingNames.Findings];

    [Fact]
    public void The_first_run_compiles()
    {
        using TestProject project = TestModels.DigitsProject();

        GeneratorRun run = project.Run();

        Assert.Equal([IncrementalStepRunReason.New], run.Reasons(TrackingNames.Compiled));
        Assert.Equal(["Vision.Digits.Api.g.cs", "Vision.Digits.Kernels.g.cs"], run.FileNames);
    }

    [Fact]
    public void An_unrelated_edit_runs_nothing_again()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.Add("class Unrelated;", "Other.cs");
        GeneratorRun second = project.Run(first);

        AssertCached(second, TrackingNames.Resolved, TrackingNames.Loaded, TrackingNames.Compiled);
        AssertCached(second, Outputs);
    }

    [Fact]
    public void An_edit_of_the_class_that_leaves_the_request_alone_compiles_nothing()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.Replace(TestModels.Source.Replace("Digits;", "Digits { public int Own => 1; }", StringComparison.Ordinal));
        GeneratorRun second = project.Run(first);

        AssertCached(second, TrackingNames.Compiled, TrackingNames.Api, TrackingNames.Kernels);
    }

    [Fact]
    public void Moving_the_class_moves_findings_and_compiles_nothing()
    {
        using var project = new TestProject(TestModels.Source);
        project.With("models/digits.onnx", TestModels.Digits()).WithMissing("models/digits.npy");
        GeneratorRun first = project.Run();

        project.Replace("\n\n\n" + TestModels.Source);
        GeneratorRun second = project.Run(first);

        AssertCached(second, TrackingNames.Compiled, TrackingNames.Api, TrackingNames.Kernels);
        int Line(GeneratorRun run) => Assert.Single(run.Findings).Location.GetLineSpan().StartLinePosition.Line;
        Assert.Equal(Line(first) + 3, Line(second));
    }

    [Fact]
    public void Touched_files_are_read_again_and_compile_nothing()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.Touch();
        GeneratorRun second = project.Run(first);

        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.Loaded));
        AssertCached(second, TrackingNames.Compiled);
        AssertCached(second, Outputs);
    }

    [Fact]
    public void A_changed_model_is_compiled_again()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.With("models/digits.onnx", TestModels.Digits(seed: 2));
        GeneratorRun second = project.Run(first);

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.Compiled));
        Assert.NotEqual(first.Source("Vision.Digits.Kernels.g.cs"), second.Source("Vision.Digits.Kernels.g.cs"));
    }

    [Fact]
    public void Changed_samples_are_compiled_with()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.With("models/digits.npy", TestModels.DigitSamples(count: 5));
        GeneratorRun second = project.Run(first);

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.Compiled));
    }

    [Fact]
    public void A_changed_option_compiles_again()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.Replace(TestModels.Source.Replace(")]", ", Ram = 65536)]", StringComparison.Ordinal));
        GeneratorRun second = project.Run(first);

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.Compiled));
    }

    [Fact]
    public void A_change_of_one_class_leaves_the_other_alone()
    {
        using TestProject project = TestModels.DigitsProject().With("sensor.onnx", TestModels.Sensor());
        project.Add("[QuantMcu.QuantizedModel(\"sensor.onnx\")] static partial class Sensor;", "Sensor.cs");
        GeneratorRun first = project.Run();

        project.With("sensor.onnx", TestModels.Sensor(seed: 9));
        GeneratorRun second = project.Run(first);

        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.Compiled).Order());
    }

    [Fact]
    public void A_removed_class_takes_its_sources_with_it()
    {
        using TestProject project = TestModels.DigitsProject();
        GeneratorRun first = project.Run();

        project.Replace("class Nothing;");

        Assert.Empty(project.Run(first).FileNames);
    }

    private static void AssertCached(GeneratorRun run, params string[] steps)
    {
        foreach (string step in steps)
            Assert.All(run.Reasons(step), reason => Assert.Equal((step, IncrementalStepRunReason.Cached), (step, reason)));
    }
}
