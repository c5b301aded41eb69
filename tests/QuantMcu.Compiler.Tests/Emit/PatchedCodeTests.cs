using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Emitted C# of networks with a patch stage or fused layers against the integer interpreter.</summary>
public class PatchedCodeTests
{
    private const int Batch = 50;

    public static TheoryData<int> Batches => new(Enumerable.Range(0, 6));

    [Theory]
    [MemberData(nameof(Batches))]
    public void Emitted_patches_of_any_bits_equal_the_interpreter_on_random_networks(int batch) =>
        Verify(RandomPatches.Cases(seed: 20_261_121 + batch, Batch, mixed: true));

    [Fact]
    public void Emitted_patches_of_8_bits_equal_the_interpreter_on_random_networks() =>
        Verify(RandomPatches.Cases(seed: 33, Batch, mixed: false));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Emitted_fused_layers_of_any_bits_equal_the_interpreter_on_random_networks(int batch)
    {
        var cases = RandomPatches.FusedCases(seed: 20_261_221 + batch, Batch, mixed: true);
        Assert.Contains(cases, one => one.Network.Patches is not null);
        Assert.Contains(cases, one => one.Network.Layers.OfType<FusedLayer>().Count() > 1);
        Assert.Contains(cases, one => one.Network.Layers.OfType<FusedLayer>().Any(layer => layer.Halo == Halo.Recompute));
        Verify(cases);
    }

    [Fact]
    public void Emitted_fused_layers_of_8_bits_equal_the_interpreter_on_random_networks() =>
        Verify(RandomPatches.FusedCases(seed: 35, Batch, mixed: false));

    [Fact]
    public void Emitted_slices_of_channels_equal_the_interpreter()
    {
        int[] bits = [8, 4, 2];
        var networks = bits.Select(count => ChannelSlicing.Run(MobileNetV2.Build(0.35, 48, 10, count), 512)).ToArray();
        Assert.All(networks, network => Assert.Contains(network.Layers, layer => layer is ReduceLayer { Inner: < 1280 }));
        var fused = FusionPlanner.Run(networks[1], 0, CancellationToken.None);
        Verify([.. networks.Append(fused).Select(network => (network, "MobileNetV2"))], count: 4);
    }

    private static void Verify(IReadOnlyList<(QuantizedNetwork Network, string Name)> cases, int count = Batch)
    {
        Assert.Equal(count, cases.Count);
        var hosted = CSharpHost.Load(cases.Select(one => one.Network).ToArray());
        for (int i = 0; i < cases.Count; i++)
        {
            if (Difference(cases[i].Network, hosted[i]) is { } difference)
                Assert.Fail(difference + "\n" + cases[i].Name + "\n" + string.Join("\n", hosted[i].Program.AllSteps.Select(step => step.Title)));
        }
    }

    private static string? Difference(QuantizedNetwork network, HostedNetwork hosted)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            var inputs = RandomNetworks.Inputs(network, seed);
            var expected = IntegerInterpreter.Run(network, inputs);
            var actual = hosted.Run(inputs, 0xA5);
            for (int output = 0; output < expected.Length; output++)
            {
                int index = expected[output].AsSpan().CommonPrefixLength(actual.Outputs[output]);
                if (index < expected[output].Length)
                    return "output " + output + " [" + index + "]: " + actual.Outputs[output][index] + ", not " + expected[output][index];
            }

            if (network.Patches?.Classifier is not null && Counts(network, inputs) is var counts && !counts.SequenceEqual(actual.Patches))
                return "patches: " + string.Join(", ", actual.Patches) + ", not " + string.Join(", ", counts);
        }

        int highWater = hosted.HighWater(RandomNetworks.Inputs(network, 0));
        if (UsesAllColumns(network, hosted) && highWater != hosted.Program.ArenaBytes)
            return "high water " + highWater + ", not " + hosted.Program.ArenaBytes;

        long allocated = hosted.AllocatedBytes(RandomNetworks.Inputs(network, 0));
        return allocated == 0 ? null : "allocates " + allocated + " bytes";
    }

    /// <summary>
    /// Row caches have room for all columns of an image, read or not; and of several branches not every one computes the largest tile.
    /// </summary>
    private static bool UsesAllColumns(QuantizedNetwork network, HostedNetwork hosted)
    {
        return network.Patches is not { Branches.Length: > 1 } && hosted.Program.Memory.Branches.All(branch =>
        {
            var (part, columns) = (branch.Plan.Stage.Network, branch.Plan.Columns);
            return part.Layers.All(layer => columns.Held(layer.Output, columns.Tiles - 1).End == part.Tensor(layer.Output).Shape[2]);
        });
    }

    private static int[] Counts(QuantizedNetwork network, byte[][] inputs)
    {
        var branches = PatchInterpreter.Run(network, inputs).Branches;
        return Enumerable.Range(0, network.Patches!.Branches.Length).Select(branch => branches.Count(taken => taken == branch)).ToArray();
    }
}
