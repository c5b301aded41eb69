using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;
using Xunit.Abstractions;

namespace QuantMcu.Nano.Tests;

/// <summary>
/// The networks of the samples on all their evaluation samples: the same class, compiled for .NET, as managed code of nanoFramework and as native
/// code of its firmware, gives the same codes.
/// </summary>
public class RealModelTests(ITestOutputHelper output)
{
    private const string Class = """
        using QuantMcu;

        namespace Things
        {
            [QuantizedModel(NAME, Calibration = "calib_x.npy", Mean = new[] { MEAN }, Std = new[] { STD }OPTIONS)]
            public static partial class Network
            {
            }
        }
        """;

    [ToolTheory("gcc")]
    [InlineData("KeywordSpotting", "keyword", 1, 1 / 0.0419921875, "", NanoWeights.Assembly)]
    [InlineData("MeterReader", "meter", 112, 64, "", NanoWeights.Resource)]
    [InlineData("MeterWindow", "meter_small", 112, 64, "", NanoWeights.Assembly)]
    [InlineData("MeterReader", "meter", 112, 64, ", Patches = \"4x3\", Halo = Halo.Cache", NanoWeights.Resource)]
    [InlineData("KeywordSpotting", "keyword", 1, 1 / 0.0419921875, ", Precision = Precision.Mixed, Flash = 20480", NanoWeights.Resource)]
    public void One_class_in_three_compilations_gives_the_codes_of_the_interpreter(
        string sample, string name, double mean, double std, string options, NanoWeights weights)
    {
        string folder = Path.Combine(ModelsFolder.Repository, "samples", sample);
        byte[] model = File.ReadAllBytes(Path.Combine(folder, "models", name + ".onnx")), calibration = File.ReadAllBytes(Path.Combine(folder, "data/calib_x.npy"));
        string source = Class.Replace("NAME", "\"" + name + ".onnx\"", StringComparison.Ordinal).Replace("MEAN", Real(mean), StringComparison.Ordinal)
            .Replace("STD", Real(std), StringComparison.Ordinal).Replace("OPTIONS", options, StringComparison.Ordinal);
        NanoProjectRun Project(IEnumerable<MetadataReference> references, LanguageVersion language) =>
            new NanoProjectRun { Source = source, References = references, Language = language }
                .With(name + ".onnx", model).With("calib_x.npy", calibration).Set("QuantMcuWeights", weights.ToString());

        var network = Compile(name, model, calibration, CompileOptions.Default with { Mean = [mean], Std = [std] }, options);
        using var native = new NativeStandIn(network);
        using var onHost = Project(NanoHost.HostReferences, LanguageVersion.CSharp12).Set("QuantMcuWeights", "");
        using var managed = Project(NanoHost.HostReferences, LanguageVersion.CSharp9).Set("QuantMcuBackend", "Managed");
        using var firmware = Project([.. NanoHost.HostReferences, native.Reference], LanguageVersion.CSharp9).Set("QuantMcuBackend", "Native");
        using var device = Project(NanoHost.DeviceReferences, LanguageVersion.CSharp9).Set("QuantMcuBackend", "Managed");
        Assert.Empty(IlChecker.Check(device.Run().Emit()));

        var host = onHost.Run().Load("Things.Network");
        var inManaged = managed.Run().Load("Things.Network");
        var inFirmware = firmware.Run().Load("Things.Network", native.Image);
        Assert.Equal((string)host.GetField("ContentHash")!.GetValue(null)!, (string)inManaged.GetField("ContentHash")!.GetValue(null)!);
        if (weights == NanoWeights.Resource)
            SetWeights(inManaged, NanoLowering.Lower(network, weights, default).Resource);

        var compared = Samples(folder).ToArray();
        var run = HostRun(host, signed: name == "keyword");
        int outputs = (int)inManaged.GetField("OutputBytes")!.GetValue(null)!;
        for (int i = 0; i < compared.Length; i++)
        {
            byte[] expected = run(compared[i], outputs), first = new byte[outputs], second = new byte[outputs];
            Run(inManaged, compared[i], first);
            Run(inFirmware, compared[i], second);
            Assert.Equal(expected, first);
            Assert.Equal(expected, second);
            if (i < 8)
                Assert.Equal(IntegerInterpreter.Run(network, [Array.ConvertAll(compared[i], code => (byte)(name == "keyword" ? code ^ 0x80 : code))])[0], expected);
        }

        output.WriteLine(name + ": " + compared.Length + " samples, the same codes in all compilations");
    }

    private static QuantizedNetwork Compile(string name, byte[] model, byte[] calibration, CompileOptions options, string more)
    {
        options = more.Contains("Mixed", StringComparison.Ordinal) ? options with { Precision = Precision.Mixed, Flash = 20_480 }
            : more.Length > 0 ? options with { Patches = new PatchGrid(4, 3), Halo = Halo.Cache } : options;
        var result = ModelCompiler.Compile(new CompileRequest(name, model, calibration, options), null, CancellationToken.None);
        return result.Model?.Network ?? throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
    }

    private static IEnumerable<byte[]> Samples(string folder)
    {
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, "data/eval_x.npy")));
        for (int i = 0; i < samples.Count; i++)
            yield return [.. samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements)];
    }

    private static void Run(Type type, byte[] input, byte[] result) =>
        type.GetMethod("Run", [typeof(byte[]), typeof(byte[])])!.Invoke(null, [input, result]);

    private delegate void SignedRun(ReadOnlySpan<sbyte> input, Span<byte> output);

    private delegate void UnsignedRun(ReadOnlySpan<byte> input, Span<byte> output);

    private static Func<byte[], int, byte[]> HostRun(Type type, bool signed)
    {
        var run = type.GetMethods().Single(method => method.Name == "Run" && !method.GetParameters()[0].ParameterType.IsPointer);
        return (input, length) =>
        {
            byte[] result = new byte[length];
            if (signed)
                run.CreateDelegate<SignedRun>()(MemoryMarshal.Cast<byte, sbyte>(input), result);
            else
                run.CreateDelegate<UnsignedRun>()(input, result);

            return result;
        };
    }

    /// <summary>Reads pieces of the weights from memory.</summary>
    internal static void SetWeights(Type type, byte[] weights)
    {
        void Read(int offset, byte[] buffer, int count) => Array.Copy(weights, offset, buffer, 0, count);
        Action<int, byte[], int> read = Read;
        type.GetField("ReadWeights")!.SetValue(null, Delegate.CreateDelegate(type.GetNestedType("WeightReader")!, read.Target, read.Method));
    }

    private static string Real(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "D";

    /// <summary>QuantMcu.Nano on this machine: a shared library made of the emitted C.</summary>
    private sealed class NativeStandIn : IDisposable
    {
        private readonly TemporaryDirectory folder = new();

        public NativeStandIn(QuantizedNetwork network)
        {
            var program = CLowering.Lower(network, Target.Generic, Code.Speed, CancellationToken.None);
            foreach (var (name, text) in CFiles.Of(new CTarget("net"), program, "hash"))
                folder.Write(name, Encoding.UTF8.GetBytes(text));

            Toolchain.Run(folder.FullName, [], "gcc", "-std=c99", "-O2", "-shared", "-fPIC", "-o", "libnet.so", "net.c");
            Image = NanoHost.CompileNativeModel(
                $$"""
                namespace QuantMcu.Nano
                {
                    public static class NativeModel
                    {
                        [System.Runtime.InteropServices.DllImport("{{folder.PathOf("libnet.so")}}")]
                        private static extern void net_run(byte[] input, byte[] output);
                        public static int Find(byte[] contentHash) => 0;
                        public static void Run(int model, byte[] input, byte[] output) => net_run(input, output);
                        public static int PatchCounts(int model, int[] counts) => 0;
                    }
                }
                """);
            Reference = MetadataReference.CreateFromImage(Image);
        }

        public byte[] Image { get; }

        public MetadataReference Reference { get; }

        public void Dispose() => folder.Dispose();
    }
}
