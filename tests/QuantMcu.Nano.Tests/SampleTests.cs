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

    [Fact]
    public void Managed_meter_reads_its_weights_from_the_resource_and_gives_the_codes_of_the_interpreter_on_all_samples()
    {
        var sample = new SampleProject("nano-esp32-meter", "NanoMeter.nfproj", "Managed");
        byte[] resources = NanoHost.CompileForHost("nanoFramework.ResourceManager", ResourcesOnHost(Weights(sample)));
        // The program itself runs for ever, and says what it finds to a debugger.
        string[] sources = [.. sample.Sources.Where(source => !source.Contains("class Program", StringComparison.Ordinal))];
        using var run = sample.Run(
            [.. NanoHost.HostReferences, MetadataReference.CreateFromImage(resources)], sources, OutputKind.DynamicallyLinkedLibrary);
        var meter = run.Run().Load("NanoMeter.Meter", resources).GetMethod("Run", [typeof(byte[]), typeof(byte[])])!
            .CreateDelegate<Action<byte[], byte[]>>();
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(MeterFolder, "data/eval_x.npy")));
        var network = CompileMeter();

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

    /// <summary>QUANTMCU_ACCEPT=1 writes the file, after a change of what networks are compiled to.</summary>
    [Fact]
    public void Weights_of_the_meter_are_those_that_its_build_writes()
    {
        string file = Weights(new SampleProject("nano-esp32-meter", "NanoMeter.nfproj", "Managed"));
        byte[] weights = NanoLowering.Lower(CompileMeter(), NanoWeights.Resource, default).Resource;
        if (Environment.GetEnvironmentVariable("QUANTMCU_ACCEPT") == "1")
            File.WriteAllBytes(file, weights);

        Assert.Equal("NanoMeter.Meter.weights.bin", Path.GetFileName(file));
        Assert.True(weights.AsSpan().SequenceEqual(File.ReadAllBytes(file)), "Run again with QUANTMCU_ACCEPT=1 to write " + file);
    }

    [Fact]
    public void Numbers_of_resources_follow_from_their_names()
    {
        var sample = new SampleProject("nano-esp32-meter", "NanoMeter.nfproj", "Managed");

        string name = (string)Data(sample).Attribute("name")!;

        Assert.Contains(sample.Sources, source => source.Contains($"{name} = {ResourceNumber(name)},", StringComparison.Ordinal));
    }

    private static string MeterFolder => Path.Combine(ModelsFolder.Repository, "samples/MeterReader");

    private static QuantizedNetwork CompileMeter()
    {
        byte[] model = File.ReadAllBytes(Path.Combine(MeterFolder, "models/meter.onnx"));
        byte[] calibration = File.ReadAllBytes(Path.Combine(MeterFolder, "data/calib_x.npy"));
        // As Meter.cs has them.
        var options = CompileOptions.Default with { Mean = [112.0], Std = [64.0], Ram = 48 * 1024, Target = Target.Esp32 };
        return ModelCompiler.Compile(new CompileRequest("meter", model, calibration, options), null, CancellationToken.None).Model!.Network;
    }

    private static XElement Data(SampleProject sample) => Assert.Single(XDocument.Load(Assert.Single(sample.Resources)).Root!.Elements("data"));

    /// <summary>The file that the binary resource of the project is made of.</summary>
    private static string Weights(SampleProject sample) => Path.Combine(sample.Folder, Data(sample).Element("value")!.Value.Split(';')[0]);

    /// <summary>The device's way to resources, over a file: as many bytes as there are, in a new array.</summary>
    private static string ResourcesOnHost(string file) =>
        $$"""
        namespace nanoFramework.Runtime.Native
        {
            public static class ResourceUtility
            {
                private static readonly byte[] Weights = System.IO.File.ReadAllBytes(@"{{file}}");

                public static object GetObject(System.Resources.ResourceManager rm, System.Enum id, int offset, int length)
                {
                    if (rm.BaseName != "NanoMeter.Resources" || id.ToString() != "Weights")
                        throw new System.ArgumentException();

                    if (offset >= Weights.Length)
                        throw new System.IndexOutOfRangeException();

                    byte[] piece = new byte[System.Math.Min(length, Weights.Length - offset)];
                    System.Array.Copy(Weights, offset, piece, 0, piece.Length);
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
