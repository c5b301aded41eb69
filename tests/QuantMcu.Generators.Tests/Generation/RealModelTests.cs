using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Tests.Hosting;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

/// <summary>
/// From the attribute to the codes that come out: classes with patches and mixed precision, compiled through the generator, against the integer
/// interpreter on real samples.
/// </summary>
public class RealModelTests
{
    private static readonly Dictionary<string, (string Attribute, Func<CompileOptions, CompileOptions> Options)> Requests = new()
    {
        ["mixed, small RAM"] = (
            "Precision = Precision.Mixed, Ram = 20 * 1024",
            options => options with { Precision = Precision.Mixed, Ram = 20 * 1024 }),
        ["mixed, 8 KB"] = (
            "Precision = Precision.Mixed, Ram = 8 * 1024, MaxDamage = 0.005",
            options => options with { Precision = Precision.Mixed, Ram = 8 * 1024, MaxDamage = 0.005 }),
        ["as published, dynamic"] = (
            "Precision = Precision.Mixed, Search = Search.Entropy, Patches = \"3x3\", Lambda = 0.3, Classification = PatchClassification.Dynamic",
            options => options with
            {
                Precision = Precision.Mixed, Search = Search.Entropy, Patches = new PatchGrid(3, 3), Lambda = 0.3,
                Classification = PatchClassification.Dynamic,
            }),
        ["8 bits, patches kept"] = (
            "Patches = \"6x4\", Halo = Halo.Cache",
            options => options with { Patches = new PatchGrid(6, 4), Halo = Halo.Cache }),
    };

    [ModelsTheory]
    [InlineData("mobilenetv2_tiny_cifar10", "mixed, small RAM", int.MaxValue)]
    [InlineData("dscnn_kws", "mixed, 8 KB", int.MaxValue)]
    [InlineData("mobilenetv2_tiny_cifar10", "as published, dynamic", 200)]
    [InlineData("meter", "as published, dynamic", int.MaxValue)]
    [InlineData("mobilenetv2_w035_r128_imagenet", "8 bits, patches kept", 16)]
    public void A_class_made_by_the_generator_gives_the_codes_of_the_interpreter(string name, string request, int most)
    {
        var model = EvaluationModel.Named(name);
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"));
        using var project = new TestProject(Source(model, calibration, Requests[request].Attribute));
        project.With("net.onnx", model.ReadModel()).With("calib.npy", calibration);
        var options = Requests[request].Options(model.Options);
        var result = ModelCompiler.Compile(new CompileRequest(name, model.ReadModel(), calibration, options), null, CancellationToken.None);
        var network = result.Model!.Network;
        var samples = model.ReadSamples().Take(most);

        byte[][] raw = Raw(samples).ToArray();
        var run = Load(project.Run());

        Assert.NotNull(network.Patches);
        byte sign = samples.Type == SampleType.Int8 ? (byte)0x80 : (byte)0;
        var expected = new byte[raw.Length][];
        Parallel.For(0, raw.Length, i =>
            expected[i] = IntegerInterpreter.Run(network, [Array.ConvertAll(raw[i], code => (byte)(code ^ sign))])[0]);
        for (int i = 0; i < raw.Length; i++)
            Assert.Equal(expected[i], run(raw[i]));
    }

    private static IEnumerable<byte[]> Raw(SampleSet samples) => Enumerable.Range(0, samples.Count)
        .Select(i => samples.Bytes.AsSpan(i * samples.SampleElements, samples.SampleElements).ToArray());

    private static string Source(EvaluationModel model, byte[] calibration, string options)
    {
        string input = NpyReader.Read(calibration).Type == SampleType.Int8
            ? "System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(new System.ReadOnlySpan<byte>(raw))" : "raw";
        return $$"""
            using QuantMcu;

            [QuantizedModel("net.onnx", Calibration = "calib.npy", Mean = {{Numbers(model.Mean)}}, Std = {{Numbers(model.Std)}}, {{options}})]
            public static partial class Net;

            public static class Caller
            {
                public static byte[] Run(byte[] raw)
                {
                    byte[] output = new byte[Net.OutputLength];
                    Net.Run({{input}}, output);
                    return output;
                }
            }
            """;
    }

    private static string Numbers(IEnumerable<double> values) =>
        "new double[] { " + string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + " }";

    /// <summary>The project as an optimised assembly.</summary>
    private static Func<byte[], byte[]> Load(GeneratorRun run)
    {
        Assert.Empty(run.Findings);
        Assert.Empty(run.CompilerFindings);
        using var image = new MemoryStream();
        var options = run.Output.Options.WithOptimizationLevel(OptimizationLevel.Release);
        Assert.True(run.Output.WithOptions(options).Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image).GetType("Caller", throwOnError: true)!
            .GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<byte[], byte[]>>();
    }
}
