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

    private static readonly Lazy<Sample> Keyword = new(() =>
        new Sample("KeywordSpotting", "keyword", new CompileOptions { Mean = [1.0], Std = [1 / 0.0419921875] }));

    private static readonly Lazy<Sample> Meter = new(() =>
        new Sample("MeterReader", "meter", new CompileOptions { Mean = [112.0], Std = [64.0] }));

    [Fact]
    public void KeywordSpotter_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample()
    {
        byte[][] expected = Keyword.Value.Interpreted();
        var output = new byte[KeywordSpotter.OutputLength];
        for (int i = 0; i < expected.Length; i++)
        {
            KeywordSpotter.Run(MemoryMarshal.Cast<byte, sbyte>(Keyword.Value.Raw(i)), output);

            Assert.Equal(expected[i], output);
        }
    }

    [Fact]
    public void MeterClassifier_gives_the_codes_of_the_integer_interpreter_on_every_evaluation_sample()
    {
        byte[][] expected = Meter.Value.Interpreted();
        var output = new byte[MeterClassifier.OutputLength];
        for (int i = 0; i < expected.Length; i++)
        {
            MeterClassifier.Run(Meter.Value.Raw(i), output);

            Assert.Equal(expected[i], output);
        }
    }

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
    public void A_run_allocates_nothing()
    {
        var features = MemoryMarshal.Cast<byte, sbyte>(Keyword.Value.Raw(0));
        var pixels = Meter.Value.Raw(0);
        var scores = new byte[MeterClassifier.OutputLength];
        var classes = new byte[KeywordSpotter.OutputLength];
        KeywordSpotter.Run(features, classes);
        MeterClassifier.Run(pixels, scores);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            KeywordSpotter.Run(features, classes);
            MeterClassifier.Run(pixels, scores);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
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
}
