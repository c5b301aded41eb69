using System;
using System.Runtime.InteropServices;
using KeywordSpotting;
using MeterReader;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Request;
using Xunit;

namespace QuantMcu.Samples.Tests;

/// <summary>The code that the generator added to the samples' classes, against the definition of what it must compute.</summary>
public sealed class EmittedCodeTests
{
    private const int Guard = 64;

    private static readonly CompileOptions KeywordOptions = new() { Mean = [1.0], Std = [1 / 0.0419921875] };

    private static readonly CompileOptions MeterOptions = new() { Mean = [112.0], Std = [64.0] };

    private static readonly Lazy<Sample> Keyword = new(() => new Sample("KeywordSpotting", "keyword", KeywordOptions));

    private static readonly Lazy<Sample> SmallKeyword = new(() => new Sample(
        "KeywordSpotting", "keyword", KeywordOptions with { Precision = Precision.Mixed, Ram = 8 * 1024, MaxDamage = 0.002 }));

    private static readonly Lazy<Sample> Meter = new(() => new Sample("MeterReader", "meter", MeterOptions));

    private static readonly Lazy<Sample> SmallMeter = new(() => new Sample(
        "MeterReader", "meter", MeterOptions with { Precision = Precision.Mixed, Ram = 16 * 1024 }));

    private delegate void Inference(ReadOnlySpan<byte> raw, Span<byte> output);

    [Fact]
    public void KeywordSpotter_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample() => AssertSameCodes(
        Keyword.Value, KeywordSpotter.OutputLength, (raw, output) => KeywordSpotter.Run(MemoryMarshal.Cast<byte, sbyte>(raw), output));

    [Fact]
    public void SmallKeywordSpotter_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample() => AssertSameCodes(
        SmallKeyword.Value,
        SmallKeywordSpotter.OutputLength,
        (raw, output) => SmallKeywordSpotter.Run(MemoryMarshal.Cast<byte, sbyte>(raw), output));

    [Fact]
    public void MeterClassifier_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample() => AssertSameCodes(
        Meter.Value, MeterClassifier.OutputLength, (raw, output) => MeterClassifier.Run(raw, output));

    [Fact]
    public void SmallMeterClassifier_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample() => AssertSameCodes(
        SmallMeter.Value, SmallMeterClassifier.OutputLength, (raw, output) => SmallMeterClassifier.Run(raw, output));

    [Fact]
    public unsafe void A_run_in_the_callers_arena_gives_the_same_codes_whatever_the_arena_held()
    {
        var input = Meter.Value.Raw(0).ToArray();
        var expected = new byte[MeterClassifier.OutputLength];
        var output = new byte[MeterClassifier.OutputLength];
        var arena = new byte[Guard + MeterClassifier.ArenaBytes + Guard];
        MeterClassifier.Run(input, expected);
        foreach (byte content in new byte[] { 0x00, 0xA5, 0xFF })
        {
            arena.AsSpan().Fill(content);
            fixed (byte* inputPointer = input, outputPointer = output, arenaPointer = arena)
                MeterClassifier.Run(inputPointer, outputPointer, arenaPointer + Guard);

            Assert.Equal(expected, output);
            Assert.All(arena[..Guard], value => Assert.Equal(content, value));
            Assert.All(arena[^Guard..], value => Assert.Equal(content, value));
        }
    }

    [Fact]
    public unsafe void A_run_patch_by_patch_stays_in_the_callers_arena_and_gives_the_same_codes_whatever_it_held()
    {
        var input = SmallMeter.Value.Raw(0).ToArray();
        var expected = new byte[SmallMeterClassifier.OutputLength];
        var output = new byte[SmallMeterClassifier.OutputLength];
        var arena = new byte[Guard + SmallMeterClassifier.ArenaBytes + Guard];
        SmallMeterClassifier.Run(input, expected);
        foreach (byte content in new byte[] { 0x00, 0xA5, 0xFF })
        {
            arena.AsSpan().Fill(content);
            fixed (byte* inputPointer = input, outputPointer = output, arenaPointer = arena)
                SmallMeterClassifier.Run(inputPointer, outputPointer, arenaPointer + Guard);

            Assert.Equal(expected, output);
            Assert.All(arena[..Guard], value => Assert.Equal(content, value));
            Assert.All(arena[^Guard..], value => Assert.Equal(content, value));
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var features = MemoryMarshal.Cast<byte, sbyte>(Keyword.Value.Raw(0));
        var pixels = Meter.Value.Raw(0);
        var scores = new byte[MeterClassifier.OutputLength];
        var classes = new byte[KeywordSpotter.OutputLength];
        KeywordSpotter.Run(features, classes);
        MeterClassifier.Run(pixels, scores);
        SmallKeywordSpotter.Run(features, classes);
        SmallMeterClassifier.Run(pixels, scores);

        // The least of some runs: the runtime now and then charges a thread for what it does itself.
        long allocated = long.MaxValue;
        for (int i = 0; i < 10 && allocated > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            KeywordSpotter.Run(features, classes);
            MeterClassifier.Run(pixels, scores);
            SmallKeywordSpotter.Run(features, classes);
            SmallMeterClassifier.Run(pixels, scores);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Constants_say_what_the_compiler_says()
    {
        var program = CSharpLowering.Lower(Meter.Value.Model.Network, default);

        Assert.Equal(program.ArenaBytes, MeterClassifier.ArenaBytes);
        Assert.Equal(program.WeightBytes, MeterClassifier.WeightBytes);
        Assert.Equal(MeterClassifier.ContentHash, RequestHash.Of(Meter.Value.Request));
        Assert.Equal([1, 96, 96, 1], MeterClassifier.InputShape.ToArray());
        Assert.Equal([1, 11], MeterClassifier.OutputShape.ToArray());
    }

    [Fact]
    public void Constants_of_a_patched_class_say_what_the_compiler_says()
    {
        var network = SmallMeter.Value.Model.Network;
        var program = CSharpLowering.Lower(network, default);

        Assert.Equal(program.ArenaBytes, SmallMeterClassifier.ArenaBytes);
        Assert.Equal(program.WeightBytes, SmallMeterClassifier.WeightBytes);
        Assert.Equal(SmallMeterClassifier.ContentHash, RequestHash.Of(SmallMeter.Value.Request));
        Assert.Equal(
            (network.Patches!.Grid.Rows, network.Patches.Grid.Columns, network.Patches.Halo == Halo.Cache),
            (SmallMeterClassifier.PatchRows, SmallMeterClassifier.PatchColumns, SmallMeterClassifier.PatchHaloCached));
    }

    [Fact]
    public void The_small_classes_keep_their_budgets_and_pay()
    {
        Assert.InRange(SmallMeterClassifier.ArenaBytes, 1, 16 * 1024);
        Assert.InRange(SmallKeywordSpotter.ArenaBytes, 1, 8 * 1024);
        Assert.InRange(SmallMeterClassifier.WeightBytes, 1, MeterClassifier.WeightBytes - 1);
        Assert.InRange(SmallKeywordSpotter.WeightBytes, 1, KeywordSpotter.WeightBytes - 1);
        Assert.InRange(SmallMeterClassifier.BitOps, 1, MeterClassifier.BitOps / 3 * 2);
        Assert.InRange(SmallKeywordSpotter.BitOps, 1, KeywordSpotter.BitOps / 2);
    }

    private static void AssertSameCodes(Sample sample, int outputLength, Inference run)
    {
        byte[][] expected = sample.Interpreted();
        var output = new byte[outputLength];
        for (int i = 0; i < expected.Length; i++)
        {
            run(sample.Raw(i), output);

            Assert.Equal(expected[i], output);
        }
    }
}
