using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>What the generator adds to projects for .NET nanoFramework.</summary>
public class GeneratorTests
{
    private const string Class = """
        using QuantMcu;

        namespace Things
        {
            [QuantizedModel("sensor.onnx", Precision = Precision.Int8, Target = Target.Esp32)]
            public static partial class Sensor
            {
            }
        }
        """;

    /// <summary>A firmware that has no models, or one that answers with the sum of input bytes; or none at all.</summary>
    private const string Firmware = """
        namespace QuantMcu.Nano
        {
            public static class NativeModel
            {
                public static int Answer = -1;
                public static int Find(byte[] contentHash) => contentHash.Length != 32 || Answer == -2 ? throw new System.NotImplementedException() : Answer;
                public static void Run(int model, byte[] input, byte[] output) => output[0] = (byte)(77 + model);
                public static int PatchCounts(int model, int[] counts) => 0;
            }
        }
        """;

    [Fact]
    public void A_project_on_the_core_library_gets_code_that_its_compiler_and_the_device_take()
    {
        using var project = Project(Class, Layers(5, 7, 2));

        var result = project.Run();

        Assert.Empty(result.Ids);
        Assert.DoesNotContain("unsafe", result.Text, StringComparison.Ordinal);
        Assert.Contains("public static void Run(byte[] input, byte[] output)", result.Text, StringComparison.Ordinal);
        Assert.Empty(IlChecker.Check(result.Emit()));
    }

    [Fact]
    public void The_target_framework_moniker_is_enough()
    {
        using var project = OnHost(Class, Layers(5, 7, 2)).Set("TargetFramework", "netnano1.0");

        Assert.Contains("Run(byte[] input, byte[] output)", project.Run().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_without_QuantMcu_Nano_does_not_name_it()
    {
        using var project = OnHost(Class, Layers(5, 7, 2)).Set("QuantMcuBackend", "Managed");

        Assert.DoesNotContain("NativeModel", project.Run().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_length_is_an_argument_exception()
    {
        using var project = OnHost(Class, Layers(5, 7, 2)).Set("QuantMcuBackend", "Managed");
        var run = Run(project.Run().Load("Things.Sensor"));

        Assert.IsType<ArgumentException>(Assert.Throws<TargetInvocationException>(() => run([new byte[4], new byte[2]])).InnerException);
        Assert.IsType<ArgumentException>(Assert.Throws<TargetInvocationException>(() => run([new byte[5], new byte[3]])).InnerException);
    }

    [Theory]
    [InlineData(3, 80)]
    [InlineData(-1, null)]
    [InlineData(-2, null)]
    public void The_firmware_runs_the_network_where_it_has_it_and_managed_code_elsewhere(int answer, int? expected)
    {
        byte[] firmware = NanoHost.CompileNativeModel(Firmware);
        using var project = OnHost(Class, Layers(5, 7, 2), MetadataReference.CreateFromImage(firmware)).Set("TargetFramework", "netnano1.0");
        using var managed = OnHost(Class, Layers(5, 7, 2)).Set("QuantMcuBackend", "Managed");
        byte[] input = [1, 2, 3, 4, 200], output = new byte[2], alone = new byte[2];
        var type = project.Run().Load("Things.Sensor", firmware);
        Answer(type, answer);

        Run(type)([input, output]);
        Run(managed.Run().Load("Things.Sensor"))([input, alone]);

        Assert.Equal(expected is { } native ? [(byte)native, 0] : alone, output);
        Assert.NotEqual(new byte[2], alone);
    }

    [Fact]
    public void Without_managed_code_the_exception_says_what_the_firmware_lacks_and_where_that_was_written()
    {
        byte[] firmware = NanoHost.CompileNativeModel(Firmware);
        using var project = OnHost(Class, Layers(5, 7, 2), MetadataReference.CreateFromImage(firmware))
            .Set("QuantMcuBackend", "Native").Set("QuantMcuFirmwareDirectory", "../firmware/");
        var result = project.Run();
        var type = result.Load("Things.Sensor", firmware);

        var thrown = Assert.Throws<TargetInvocationException>(() => Run(type)([new byte[5], new byte[2]])).InnerException;

        Assert.DoesNotContain("QuantMcuKernels", result.Text, StringComparison.Ordinal);
        var exception = Assert.IsType<NotSupportedException>(thrown);
        Assert.Contains("lacks the native model Sensor", exception.Message, StringComparison.Ordinal);
        Assert.Contains("was written to ../firmware/", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Native_without_QuantMcu_Nano_is_an_error()
    {
        using var project = OnHost(Class, Layers(5, 7, 2)).Set("QuantMcuBackend", "Native");

        Assert.Equal(["QMCU5104"], project.Run().Ids);
    }

    [Fact]
    public void An_unknown_back_end_is_an_error()
    {
        using var project = OnHost(Class, Layers(5, 7, 2)).Set("QuantMcuBackend", "Quantum");

        Assert.Equal(["QMCU5106"], project.Run().Ids);
    }

    [Fact]
    public void An_older_language_version_is_an_error_that_names_the_one_needed()
    {
        var host = OnHost(Class, Layers(5, 7, 2));
        using var project = new NanoProjectRun { Source = Class, References = NanoHost.DeviceReferences, Language = LanguageVersion.CSharp8 }
            .With("sensor.onnx", Layers(5, 7, 2));
        host.Dispose();

        var finding = Assert.Single(project.Run().Findings.Where(finding => finding.Severity == DiagnosticSeverity.Error));

        Assert.Equal("QMCU1005", finding.Id);
        Assert.Contains("C# 9.0", finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void More_data_than_an_assembly_holds_is_an_error()
    {
        using var project = OnHost(Class, Layers(300, 250, 2)).Set("QuantMcuBackend", "Managed");

        var result = project.Run();

        Assert.Equal(["QMCU5102"], result.Ids);
        Assert.Contains("QuantMcuWeights", result.Findings.Single(finding => finding.Id == "QMCU5102").GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_native_model_that_is_a_warning_and_no_managed_code()
    {
        using var project = Project(Class, Layers(300, 250, 2));

        var result = project.Run();

        Assert.Equal(["QMCU5105"], result.Ids);
        Assert.DoesNotContain("QuantMcuKernels", result.Text, StringComparison.Ordinal);
        Assert.Empty(IlChecker.Check(result.Emit()));
    }

    [Fact]
    public void Weights_in_a_resource_fit_again_and_the_time_of_an_inference_is_a_warning()
    {
        using var project = OnHost(Class, Layers(300, 250, 2)).Set("QuantMcuBackend", "Managed").Set("QuantMcuWeights", "Resource");

        var result = project.Run();

        Assert.Equal(["QMCU5101"], result.Ids);
        Assert.Contains("0.4 s", result.Findings.Single(finding => finding.Id == "QMCU5101").GetMessage(), StringComparison.Ordinal);
        Assert.Contains("public static WeightReader ReadWeights;", result.Text, StringComparison.Ordinal);
        var thrown = Assert.Throws<TargetInvocationException>(() => Run(result.Load("Things.Sensor"))([new byte[300], new byte[2]])).InnerException;
        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void The_build_writes_the_weights_that_managed_code_reads_from_a_resource()
    {
        using var folder = new TemporaryDirectory();
        using var inAssembly = OnHost(Class, Layers(90, 50, 4)).Set("QuantMcuBackend", "Managed");
        using var inResource = OnHost(Class, Layers(90, 50, 4)).Set("QuantMcuBackend", "Managed").Set("QuantMcuWeights", "Resource")
            .Set("QuantMcuCacheDirectory", folder.FullName);
        byte[] input = [.. Enumerable.Range(0, 90).Select(i => (byte)(i * 7))], expected = new byte[4], actual = new byte[4];

        var type = inResource.Run().Load("Things.Sensor");
        byte[] weights = File.ReadAllBytes(folder.PathOf("Things.Sensor.weights.bin"));
        RealModelTests.SetWeights(type, weights);
        Run(type)([input, actual]);
        Run(inAssembly.Run().Load("Things.Sensor"))([input, expected]);

        Assert.Equal(NanoProgram.TagBytes + (90 * 50) + (50 * 4), weights.Length);
        Assert.Equal(expected, actual);
        Assert.NotEqual(new byte[4], expected);
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        using var project = OnHost(Class, Layers(90, 50, 4)).Set("QuantMcuBackend", "Managed").Set("QuantMcuWeights", "Resource");
        var type = project.Run().Load("Things.Sensor");
        RealModelTests.SetWeights(type, [.. Enumerable.Range(0, NanoProgram.TagBytes + (90 * 50) + (50 * 4)).Select(i => (byte)i)]);
        byte[] output = new byte[4];

        var thrown = Assert.Throws<TargetInvocationException>(() => Run(type)([new byte[90], output])).InnerException;

        Assert.Contains("another network", Assert.IsType<InvalidOperationException>(thrown).Message, StringComparison.Ordinal);
        Assert.Equal(new byte[4], output);
    }

    [Fact]
    public void Networks_that_fit_one_by_one_and_not_together_are_an_error()
    {
        const string Other = "\nnamespace Things { [QuantMcu.QuantizedModel(\"other.onnx\")] public static partial class Other { } }";
        using var project = OnHost(Class + Other, Layers(200, 200, 2)).Set("QuantMcuBackend", "Managed").With("other.onnx", Layers(200, 201, 2));

        Assert.Equal(["QMCU5102"], project.Run().Ids);
    }

    private static Action<object[]> Run(Type type) =>
        arguments => type.GetMethod("Run", [typeof(byte[]), typeof(byte[])])!.Invoke(null, arguments);

    /// <summary>Tells the stand-in for QuantMcu.Nano that a class refers to what it has.</summary>
    private static void Answer(Type type, int answer)
    {
        var context = System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(type.Assembly)!;
        context.Assemblies.Single(assembly => assembly.GetName().Name == "QuantMcu.Nano").GetType("QuantMcu.Nano.NativeModel")!
            .GetField("Answer")!.SetValue(null, answer);
    }

    private static NanoProjectRun Project(string source, byte[] model) => new NanoProjectRun { Source = source }.With("sensor.onnx", model);

    private static NanoProjectRun OnHost(string source, byte[] model, params MetadataReference[] more) =>
        new NanoProjectRun { Source = source, References = [.. NanoHost.HostReferences, .. more] }.With("sensor.onnx", model);

    /// <summary>Two fully connected layers, quantized: no samples are needed for their ranges.</summary>
    private static byte[] Layers(int inputs, int hidden, int outputs) => new OnnxBuilder()
        .Input("features", 1, inputs)
        .Random("w1", 1, inputs, hidden)
        .Random("b1", 2, hidden)
        .Node("Gemm", ["features", "w1", "b1"], ["h1"])
        .Node("Relu", ["h1"], ["r1"])
        .Random("w2", 3, hidden, outputs)
        .Node("MatMul", ["r1", "w2"], ["scores"])
        .Output("scores")
        .ToBytes();
}
