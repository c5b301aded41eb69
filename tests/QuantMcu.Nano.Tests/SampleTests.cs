using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Emit.Nano;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>The nanoFramework projects of the samples, with the very files that they list.</summary>
public class SampleTests
{
    [Theory]
    [InlineData("nano-esp32-meter", "NanoMeter.nfproj", "Managed")]
    [InlineData("nano-esp32-meter", "NanoMeter.nfproj", "Native")]
    [InlineData("nano-stm32-keywords", "NanoKeywords.nfproj", "Managed")]
    [InlineData("nano-stm32-keywords", "NanoKeywords.nfproj", "Native")]
    public void Programs_compile_against_what_the_device_has(string folder, string file, string backend)
    {
        var sample = new SampleProject(folder, file, backend);
        using var run = sample.Run(sample.Assemblies.Select(NanoHost.ReferenceOf), sample.Sources, OutputKind.ConsoleApplication);

        byte[] assembly = run.Run().Emit();

        Assert.Equal(backend == "Native", sample.Assemblies.Contains("QuantMcu.Nano"));
        // Programs may allocate and box; what an assembly holds is the same for all.
        Assert.DoesNotContain(IlChecker.Check(assembly), violation => violation.Contains("the assembly", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nano-esp32-meter", "NanoMeter", "Managed")]
    [InlineData("nano-esp32-meter", "NanoMeter", "Native")]
    [InlineData("nano-stm32-keywords", "NanoKeywords", "Managed")]
    [InlineData("nano-stm32-keywords", "NanoKeywords", "Native")]
    public void Both_forms_of_a_project_have_the_same_files_and_settings(string folder, string name, string backend)
    {
        var classic = new SampleProject(folder, name + ".nfproj", backend);
        var sdk = new SampleProject(folder, name + ".Sdk.csproj", backend);

        Assert.Equal(classic.SourceFiles.Order(StringComparer.Ordinal), sdk.SourceFiles.Order(StringComparer.Ordinal));
        Assert.Equal(classic.AdditionalFiles.Order(StringComparer.Ordinal), sdk.AdditionalFiles.Order(StringComparer.Ordinal));
        Assert.Equal(classic.Assemblies.Order(StringComparer.Ordinal), sdk.Assemblies.Order(StringComparer.Ordinal));
        Assert.Equal(classic.Resources, sdk.Resources);
        Assert.All(
            new[] { "LangVersion", "RootNamespace", "AssemblyName", "QuantMcuBackend", "QuantMcuWeights", "QuantMcuWeightsDirectory" },
            property => Assert.Equal(classic.Default(property), sdk.Default(property)));
        Assert.Equal("Managed", classic.Default("QuantMcuBackend"));
    }

    [Theory]
    [InlineData("Meter")]
    [InlineData("SmallMeter")]
    public void Managed_meters_read_weights_from_resources_and_give_the_codes_of_the_interpreter_on_all_samples(string name)
    {
        var sample = Managed;
        byte[] resources = NanoHost.CompileForHost("nanoFramework.ResourceManager", ResourcesOnHost(sample));
        // The program itself runs for ever, and says what it finds to a debugger.
        string[] sources = [.. sample.Sources.Where(source => !source.Contains("class Program", StringComparison.Ordinal))];
        using var run = sample.Run(
            [.. NanoHost.HostReferences, MetadataReference.CreateFromImage(resources)], sources, OutputKind.DynamicallyLinkedLibrary);
        var meter = run.Run().Load("NanoMeter." + name, resources).GetMethod("Run", [typeof(byte[]), typeof(byte[])])!
            .CreateDelegate<Action<byte[], byte[]>>();
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(DataFolder(name), "data/eval_x.npy")));
        var network = Compile(name);

        byte[][] inputs = [.. Enumerable.Range(0, samples.Count)
            .Select(i => samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements).ToArray())];
        byte[][] expected = new byte[inputs.Length][];
        Parallel.For(0, inputs.Length, i => expected[i] = IntegerInterpreter.Run(network, [inputs[i]])[0]);

        Assert.Equal(400, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            byte[] actual = new byte[expected[i].Length];
            meter(inputs[i], actual);
            Assert.Equal(expected[i], actual);
        }
    }

    [Fact]
    public void The_small_meter_is_small_enough_for_managed_code_and_reads_most_pictures_with_8_bits()
    {
        var network = Compile("SmallMeter");
        var program = NanoLowering.Lower(network, NanoWeights.Assembly, default);
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(DataFolder("SmallMeter"), "data/eval_x.npy")));
        int[] labels = NpyReader.ReadLabels(File.ReadAllBytes(Path.Combine(DataFolder("SmallMeter"), "data/eval_y.npy")));

        int right = Enumerable.Range(0, samples.Count).Count(i =>
        {
            byte[] picture = [.. samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements)];
            byte[] scores = IntegerInterpreter.Run(network, [picture])[0];
            return Array.IndexOf(scores, scores.Max()) == labels[i];
        });

        Assert.InRange(program.Schedule.Cost.ExecutedMacs, 10_000, NanoLimits.ManyMacs);
        Assert.Null(NanoLimits.CheckSpeed("SmallMeter", program));
        Assert.InRange(right, 0.82 * labels.Length, labels.Length);
    }

    /// <summary>QUANTMCU_ACCEPT=1 writes the file, after a change of what networks are compiled to.</summary>
    [Theory]
    [InlineData("Meter", "Weights")]
    [InlineData("SmallMeter", "SmallWeights")]
    public void Weights_in_resources_are_those_that_the_build_writes(string name, string resource)
    {
        string file = WeightFiles(Managed).Single(pair => pair.Resource == resource).File;
        byte[] weights = NanoLowering.Lower(Compile(name), NanoWeights.Resource, default).Resource;
        if (Environment.GetEnvironmentVariable("QUANTMCU_ACCEPT") == "1")
            File.WriteAllBytes(file, weights);

        Assert.Equal("NanoMeter." + name + ".weights.bin", Path.GetFileName(file));
        Assert.True(weights.AsSpan().SequenceEqual(File.ReadAllBytes(file)), "Run again with QUANTMCU_ACCEPT=1 to write " + file);
    }

    [Fact]
    public void Numbers_of_resources_follow_from_their_names() => Assert.All(WeightFiles(Managed), pair =>
        Assert.Contains(Managed.Sources, source => source.Contains($"    {pair.Resource} = {ResourceNumber(pair.Resource)},", StringComparison.Ordinal)));

    private static SampleProject Managed => new("nano-esp32-meter", "NanoMeter.nfproj", "Managed");

    private static string DataFolder(string name) =>
        Path.Combine(ModelsFolder.Repository, "samples", name == "Meter" ? "MeterReader" : "MeterWindow");

    /// <summary>With the options of the annotated class.</summary>
    private static QuantizedNetwork Compile(string name)
    {
        byte[] model = File.ReadAllBytes(Path.Combine(DataFolder(name), "models", name == "Meter" ? "meter.onnx" : "meter_small.onnx"));
        byte[] calibration = File.ReadAllBytes(Path.Combine(DataFolder(name), "data/calib_x.npy"));
        var options = CompileOptions.Default with { Mean = [112.0], Std = [64.0], Ram = name == "Meter" ? 48 * 1024 : null, Target = Target.Esp32 };
        return ModelCompiler.Compile(new CompileRequest(name, model, calibration, options), null, CancellationToken.None).Model!.Network;
    }

    /// <summary>Names of the binary resources of the project, and the files that they are made of.</summary>
    private static IEnumerable<(string Resource, string File)> WeightFiles(SampleProject sample) =>
        XDocument.Load(Assert.Single(sample.Resources)).Root!.Elements("data").Select(data => (
            (string)data.Attribute("name")!, Path.Combine(sample.Folder, data.Element("value")!.Value.Split(';')[0])));

    /// <summary>The device's way to resources, over files: as many bytes as there are, in a new array.</summary>
    private static string ResourcesOnHost(SampleProject sample) =>
        $$"""
        namespace nanoFramework.Runtime.Native
        {
            public static class ResourceUtility
            {
                private static readonly System.Collections.Generic.Dictionary<string, byte[]> Files = new()
                {
        {{string.Concat(WeightFiles(sample).Select(pair => $"            {{ \"{pair.Resource}\", System.IO.File.ReadAllBytes(@\"{pair.File}\") }},\n"))}}
                };

                public static object GetObject(System.Resources.ResourceManager rm, System.Enum id, int offset, int length)
                {
                    if (rm.BaseName != "NanoMeter.Resources" || !Files.TryGetValue(id.ToString(), out byte[] file))
                        throw new System.ArgumentException();

                    if (offset >= file.Length)
                        throw new System.IndexOutOfRangeException();

                    byte[] piece = new byte[System.Math.Min(length, file.Length - offset)];
                    System.Array.Copy(file, offset, piece, 0, piece.Length);
                    return piece;
                }
            }
        }
        """;

    /// <summary>How nanoFramework's tools number a resource: two hashes, of its characters at even and at odd places, folded to 16 bits.</summary>
    private static short ResourceNumber(string name)
    {
        const int Start = (5381 << 16) + 5381;
        int Hash(int first) => name.Where((_, i) => i % 2 == first).Aggregate(Start, (hash, c) => unchecked((hash * 33) ^ c));
        int both = unchecked(Hash(0) + (Hash(1) * 1566083941));
        return unchecked((short)((both >> 16) ^ both));
    }
}
