using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using NanoKeywords;
using NanoMeter;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>The native half of QuantMcu.Nano with real kernels behind it, on this machine.</summary>
public class GlueTests
{
    private static readonly string[] Sanitizers = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

    [ToolFact("gcc", "g++")]
    public void Networks_in_firmware_make_the_codes_of_the_interpreter_from_arrays_with_all_ports_one_after_another()
    {
        var recipes = NetworkRecipe.MixedArbitrary.Generator.Sample(100, new FsCheck.Rnd(20_261_125, 41), 10);
        var built = recipes.Select(RandomNetworks.Build).ToArray();
        QuantizedNetwork[] networks =
        [
            .. built.Where(network => network.Inputs.Length > 1).Take(8),
            .. built.Where(network => network.Inputs.Any(port => port.Signed) && network.Outputs.Length > 1).Take(4),
        ];
        Assert.Equal(12, networks.Length);
        using var firmware = new Firmware(networks.Select(Model).ToArray(), Sanitizers);
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();

        var answers = firmware.Call(networks.Select((network, i) => new NativeCall(
            NativeMethod.Run, i, Joined(network, network.Inputs, inputs[i]), new byte[OutputBytes(network)])).ToArray());

        Assert.All(networks.Zip(answers, inputs), run =>
        {
            var (network, answer, codes) = run;
            Assert.Equal(NativeResult.Success, answer.Result);
            Assert.Equal(Joined(network, network.Outputs, IntegerInterpreter.Run(network, codes)), answer.Second);
            Assert.Equal(Joined(network, network.Inputs, codes), answer.First);
        });
    }

    [ToolFact("gcc", "g++")]
    public void Meter_of_the_nanoframework_sample_makes_the_same_codes_in_firmware_as_on_net_on_all_evaluation_samples() => AssertSameOnNet(
        "MeterReader", "meter", new CompileOptions { Mean = [112.0], Std = [64.0], Ram = 48 * 1024, Target = Target.Esp32 }, Meter.ContentHash,
        (input, output) => Meter.Run(input, output));

    [ToolFact("gcc", "g++")]
    public void Keywords_of_the_nanoframework_sample_make_the_same_codes_in_firmware_as_on_net_on_all_evaluation_samples() => AssertSameOnNet(
        "KeywordSpotting", "keyword", new CompileOptions { Mean = [1.0], Std = [1 / 0.0419921875], Target = Target.CortexM7 }, Keywords.ContentHash,
        (input, output) => Keywords.Run(Array.ConvertAll(input, value => (sbyte)value), output));

    private static void AssertSameOnNet(string sample, string name, CompileOptions options, string contentHash, Action<byte[], byte[]> onNet)
    {
        string folder = Path.Combine(ModelsFolder.Repository, "samples", sample);
        var request = new CompileRequest(
            name, File.ReadAllBytes(Path.Combine(folder, "models", name + ".onnx")), File.ReadAllBytes(Path.Combine(folder, "data", "calib_x.npy")), options);
        var network = ModelCompiler.Compile(request, progress: null, CancellationToken.None).Model!.Network;
        var model = new InteropModel(new CTarget(name), CLowering.Lower(network, options, CancellationToken.None), RequestHash.Of(request));
        using var firmware = new Firmware([model], "-O2");
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, "data", "eval_x.npy")));
        byte[][] inputs = Enumerable.Range(0, samples.Count)
            .Select(i => samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements).ToArray()).ToArray();

        int handle = firmware.Call(new NativeCall(NativeMethod.Find, First: Convert.FromHexString(contentHash))).Value;
        var answers = firmware.Call(inputs.Select(input => new NativeCall(NativeMethod.Run, handle, input, new byte[OutputBytes(network)])).ToArray());

        Assert.Equal(0, handle);
        byte[] expected = new byte[OutputBytes(network)];
        Assert.All(inputs.Zip(answers), run =>
        {
            onNet(run.First, expected);
            Assert.Equal(expected, run.Second.Second);
        });
    }

    [ToolFact("gcc", "g++")]
    public void Models_are_found_by_their_content_hash_and_say_their_sizes()
    {
        var networks = Networks(3);
        using var firmware = new Firmware(networks.Select(Model).ToArray(), Sanitizers);
        for (int i = 0; i < networks.Length; i++)
        {
            Assert.Equal(i, firmware.Call(new NativeCall(NativeMethod.Find, First: Convert.FromHexString(Hash(i)))).Value);
            Assert.Equal(networks[i].Inputs.Sum(port => networks[i].Tensor(port.Tensor).Elements), Value(NativeMethod.InputBytes, i));
            Assert.Equal(OutputBytes(networks[i]), Value(NativeMethod.OutputBytes, i));
            Assert.Equal(CLowering.Lower(networks[i], Target.Generic, Code.Speed, CancellationToken.None).ArenaBytes, Value(NativeMethod.ArenaBytes, i));
        }

        Assert.Equal(1, Value(NativeMethod.AbiVersion, 0));
        Assert.Equal(-1, firmware.Call(new NativeCall(NativeMethod.Find, First: Convert.FromHexString(Hash(3)))).Value);

        int Value(NativeMethod method, int handle) => firmware.Call(new NativeCall(method, handle)).Value;
    }

    [ToolFact("gcc", "g++")]
    public void Whatever_is_wrong_with_an_argument_is_an_argument_exception_and_no_byte_is_written()
    {
        var networks = Networks(2);
        using var firmware = new Firmware(networks.Select(Model).ToArray(), Sanitizers);
        byte[] input = Painted(networks[0].Inputs.Sum(port => networks[0].Tensor(port.Tensor).Elements)), output = Painted(OutputBytes(networks[0]));
        NativeCall[] wrong =
        [
            new(NativeMethod.Find, First: Painted(31)), new(NativeMethod.Find, First: Painted(33)), new(NativeMethod.Find, First: []),
            new(NativeMethod.Find, First: Painted(32 * 4), ElementSize: 4),
            .. new[] { -1, 2, int.MaxValue, int.MinValue }.SelectMany(handle => new NativeCall[]
            {
                new(NativeMethod.Run, handle, input, output), new(NativeMethod.InputBytes, handle), new(NativeMethod.OutputBytes, handle),
                new(NativeMethod.ArenaBytes, handle), new(NativeMethod.PatchCounts, handle, Painted(16), ElementSize: 4),
            }),
            new(NativeMethod.Run, 0, Painted(input.Length - 1), output), new(NativeMethod.Run, 0, Painted(input.Length + 1), output),
            new(NativeMethod.Run, 0, [], output), new(NativeMethod.Run, 0, input, []),
            new(NativeMethod.Run, 0, input, Painted(output.Length - 1)), new(NativeMethod.Run, 0, input, Painted(output.Length + 1)),
            new(NativeMethod.Run, 0, Painted(input.Length * 4), Painted(output.Length * 4), ElementSize: 4),
            new(NativeMethod.PatchCounts, 0, Painted(16)),
        ];
        NativeCall[] missing =
        [
            new(NativeMethod.Find), new(NativeMethod.Run, 0, null, output), new(NativeMethod.Run, 0, input, null), new(NativeMethod.PatchCounts, 0),
        ];

        var answers = firmware.Call([.. wrong, .. missing]);

        Assert.All(answers.Take(wrong.Length), answer => Assert.Equal(NativeResult.ArgumentException, answer.Result));
        Assert.All(answers.Skip(wrong.Length), answer => Assert.Equal(NativeResult.ArgumentNullException, answer.Result));
        Assert.All(answers, answer => Assert.All(answer.First.Concat(answer.Second), value => Assert.Equal(0x5A, value)));
    }

    [ToolFact("gcc", "g++")]
    public void One_array_is_not_taken_as_input_and_output_at_once()
    {
        var network = LayerSubject.All.Single(layer => layer.Name == "b").Network(8, 8);
        using var firmware = new Firmware([Model(network, 0)], Sanitizers);
        byte[] codes = Painted(OutputBytes(network));

        var answer = firmware.Call(new NativeCall(NativeMethod.Run, 0, codes, codes));

        Assert.Equal(NativeResult.ArgumentException, answer.Result);
        Assert.Equal(codes, answer.First);
    }

    [ToolFact("gcc", "g++")]
    public void Patches_of_the_last_run_are_counted_by_branch_into_arrays_that_have_room()
    {
        var cases = RandomPatches.Cases(seed: 20_261_135, 20, mixed: true).Select(one => one.Network).ToArray();
        var network = cases.First(network => network.Patches!.Branches.Length > 1);
        byte[][] input = RandomNetworks.Inputs(network, 1);
        var branches = PatchInterpreter.Run(network, input).Branches;
        int[] expected = Enumerable.Range(0, network.Patches!.Branches.Length).Select(branch => branches.Count(taken => taken == branch)).ToArray();
        using var firmware = new Firmware([Model(network, 0)], Sanitizers);
        var counts = new NativeCall(NativeMethod.PatchCounts, 0, Painted(4 * (expected.Length + 1)), ElementSize: 4);

        var answers = firmware.Call(
        [
            counts, new(NativeMethod.Run, 0, Joined(network, network.Inputs, input), new byte[OutputBytes(network)]), counts,
            counts with { First = Painted(4 * (expected.Length - 1)) },
        ]);

        Assert.Equal(new int[expected.Length], Numbers(answers[0].First).Take(expected.Length));
        Assert.Equal(Joined(network, network.Outputs, IntegerInterpreter.Run(network, input)), answers[1].Second);
        Assert.Equal([.. expected, 0x5A5A5A5A], Numbers(answers[2].First));
        Assert.Equal(expected.Length, answers[2].Value);
        Assert.Equal(NativeResult.ArgumentException, answers[3].Result);
        Assert.Equal(Painted(4 * (expected.Length - 1)), answers[3].First);
    }

    [ToolFact("gcc", "g++")]
    public void A_model_that_runs_layer_by_layer_has_no_branches()
    {
        using var firmware = new Firmware([Model(Networks(1)[0], 0)], Sanitizers);
        var answer = firmware.Call(new NativeCall(NativeMethod.PatchCounts, 0, Painted(8), ElementSize: 4));
        Assert.Equal((NativeResult.Success, 0), (answer.Result, answer.Value));
        Assert.Equal(Painted(8), answer.First);
    }

    private static int[] Numbers(byte[] bytes) => Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToInt32(bytes, 4 * i)).ToArray();

    private static QuantizedNetwork[] Networks(int count) =>
        NetworkRecipe.Arbitrary.Generator.Sample(count, new FsCheck.Rnd(20_261_126, 43), 10).Select(RandomNetworks.Build).ToArray();

    private static InteropModel Model(QuantizedNetwork network, int index) =>
        new(new CTarget("net" + index), CLowering.Lower(network, Target.Generic, Code.Speed, CancellationToken.None), Hash(index));

    private static string Hash(int index) => RequestHash.Sha256([(byte)index]);

    private static int OutputBytes(QuantizedNetwork network) => network.Outputs.Sum(port => network.Tensor(port.Tensor).Elements);

    private static byte[] Joined(QuantizedNetwork network, IEnumerable<NetworkPort> ports, byte[][] codes) =>
        ports.SelectMany((port, i) => Signed(codes[i], port.Signed)).ToArray();

    private static byte[] Signed(byte[] codes, bool signed) => signed ? Array.ConvertAll(codes, code => (byte)(code ^ 0x80)) : codes;

    private static byte[] Painted(int length) => Enumerable.Repeat((byte)0x5A, length).ToArray();
}
