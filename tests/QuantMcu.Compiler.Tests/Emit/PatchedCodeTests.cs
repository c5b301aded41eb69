using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Emitted C# of networks with a patch stage against the integer interpreter.</summary>
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

    private static void Verify(IReadOnlyList<(QuantizedNetwork Network, string Name)> cases)
    {
        Assert.Equal(Batch, cases.Count);
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

            if (network.Patches!.Classifier is not null && Counts(network, inputs) is var counts && !counts.SequenceEqual(actual.Patches))
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
        var columns = hosted.Program.Memory.Branches[0].Plan.Columns;
        var branch = network.Patches!.Branches[0].Network;
        return network.Patches.Branches.Length == 1
            && branch.Layers.All(layer => columns.Held(layer.Output, columns.Tiles - 1).End == branch.Tensor(layer.Output).Shape[2]);
    }

    private static int[] Counts(QuantizedNetwork network, byte[][] inputs)
    {
        var branches = PatchInterpreter.Run(network, inputs).Branches;
        return Enumerable.Range(0, network.Patches!.Branches.Length).Select(branch => branches.Count(taken => taken == branch)).ToArray();
    }
}
