using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>Emitted safe-array C# against the integer interpreter; every emission compiles for the device and obeys its bans.</summary>
public class RandomNetworkTests
{
    private const int Batch = 30;

    /// <summary>No device would take all networks of a batch at once, but each is a class of its own.</summary>
    private static readonly IlLimits TogetherInOneAssembly = new() { MostArrayBytes = int.MaxValue, MostIlBytes = int.MaxValue, MostDataFields = int.MaxValue };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Codes_are_those_of_the_interpreter_on_networks_of_8_bits(int batch) =>
        Verify(Recipes(NetworkRecipe.Arbitrary, batch));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Codes_are_those_of_the_interpreter_on_networks_of_mixed_precision(int batch) =>
        Verify(Recipes(NetworkRecipe.MixedArbitrary, batch));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Codes_are_those_of_the_interpreter_on_patched_networks(bool mixed)
    {
        var cases = RandomPatches.Cases(seed: 20_261_501, Batch, mixed);
        Assert.Contains(cases, one => one.Network.Patches!.Classifier is not null);
        Assert.Contains(cases, one => one.Network.Patches!.Halo == Halo.Cache);
        Verify(cases);
    }

    [Fact]
    public void Codes_are_those_of_the_interpreter_on_networks_with_fused_layers() =>
        Verify(RandomPatches.FusedCases(seed: 20_261_502, Batch, mixed: true));

    private static (QuantizedNetwork, string)[] Recipes(FsCheck.Arbitrary<NetworkRecipe> kind, int batch) =>
        [.. kind.Generator.Sample(Batch, new FsCheck.Rnd((ulong)(20_261_500 + batch), 77), 10)
            .Select(recipe => (RandomNetworks.Build(recipe), recipe.ToString()))];

    private static void Verify(IReadOnlyList<(QuantizedNetwork Network, string Name)> cases)
    {
        var sources = cases.Select((one, i) => NanoHost.Sources(one.Network, i)).ToArray();
        string[] files = [.. sources.SelectMany(source => source.Files)];
        var assembly = NanoHost.LoadOnHost(files);
        byte[] device = NanoHost.CompileForDevice(files);
        Assert.Empty(IlChecker.Check(device, TogetherInOneAssembly));
        Assert.InRange(IlChecker.IlBytes(device, "QuantMcuKernels"), 1, sources.Sum(source => source.Kernels.MostIlBytes));
        for (int i = 0; i < cases.Count; i++)
        {
            var (network, name) = cases[i];
            string titles = name + "\n" + string.Join("\n", sources[i].Program.Schedule.AllSteps.Select(step => step.Title));
            var hosted = new NanoHosted(assembly, network, i);
            for (int seed = 0; seed < 2; seed++)
                AssertSame(network, hosted, RandomNetworks.Inputs(network, seed), titles);
        }
    }

    private static void AssertSame(QuantizedNetwork network, NanoHosted hosted, byte[][] inputs, string titles)
    {
        int[]? patches = network.Patches?.Classifier is null ? null : new int[network.Patches.Branches.Length];
        var expected = IntegerInterpreter.Run(network, inputs);
        var actual = hosted.Run(inputs, patches);
        for (int output = 0; output < expected.Length; output++)
        {
            int index = expected[output].AsSpan().CommonPrefixLength(actual[output]);
            Assert.True(index == expected[output].Length, "output " + output + " differs at " + index + "\n" + titles);
        }

        if (patches is not null)
        {
            var branches = PatchInterpreter.Run(network, inputs).Branches;
            Assert.Equal(Enumerable.Range(0, patches.Length).Select(branch => branches.Count(taken => taken == branch)), patches);
        }
    }
}
