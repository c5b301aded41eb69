using System;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Tests.Memory;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

public class FusionPlannerTests
{
    [Fact]
    public void Fused_random_networks_compute_the_same_codes_inside_their_arena()
    {
        int fusions = 0;
        foreach (var recipe in NetworkRecipe.ImageArbitrary.Generator.Sample(100, new FsCheck.Rnd(20_261_124, 39), 10))
        {
            var network = RandomNetworks.Build(recipe);
            var fused = FusionPlanner.Run(network, 0, CancellationToken.None);
            fusions += fused.Layers.OfType<FusedLayer>().Count() + (fused.Patches is null ? 0 : 1);
            AssertSame(network, fused, recipe.ToString());
        }

        Assert.True(fusions > 30, "only " + fusions + " fused layers");
    }

    [Fact]
    public void The_tail_of_a_patched_network_is_fused_too()
    {
        var network = MobileNetV2.Build(0.35, 96, 10);
        var stage = SplitPoint.All(network).First(split => network.Tensor(split.Split).Shape.Equals(new Shape(1, 12, 12, 16)));
        var patched = NetworkSplitter.Split(stage, PatchPlan.Finest(stage, Halo.Cache), Halo.Cache);
        var fused = FusionPlanner.Run(patched, 0, CancellationToken.None);

        AssertSame(network, fused, "MobileNetV2");
        Assert.True(fused.Layers.OfType<FusedLayer>().Count() > 2);
        Assert.True(BytesOf(fused) < BytesOf(patched) / 2);
    }

    [Fact]
    public void Fusing_never_needs_more_memory_or_more_multiplications()
    {
        foreach (var recipe in NetworkRecipe.ImageArbitrary.Generator.Sample(60, new FsCheck.Rnd(20_261_125, 43), 10))
        {
            var network = RandomNetworks.Build(recipe);
            var fused = FusionPlanner.Run(network, 0, CancellationToken.None);

            Assert.True(BytesOf(fused) <= BytesOf(network), recipe.ToString());
            Assert.True(Macs(fused) <= Macs(network), recipe.ToString());
        }
    }

    [Fact]
    public void Nothing_is_fused_that_a_budget_does_not_ask_for()
    {
        var network = MobileNetV2.Build(0.35, 96, 10);
        int bytes = BytesOf(network);

        Assert.Equal(network.Layers.Length, FusionPlanner.Run(network, bytes, CancellationToken.None).Layers.Length);
        var half = FusionPlanner.Run(network, bytes / 2, CancellationToken.None);
        Assert.InRange(BytesOf(half), 1, bytes / 2);
        Assert.InRange(Fused(half), 1, Fused(FusionPlanner.Run(network, 0, CancellationToken.None)) - 1);
    }

    private static int Fused(QuantizedNetwork network) =>
        (network.Patches?.Branches[0].Network.Layers.Length ?? 0) + network.Layers.OfType<FusedLayer>().Sum(layer => layer.Branch.Network.Layers.Length);

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(2)]
    public void Slices_of_channels_compute_the_same_codes(int bits)
    {
        var network = MobileNetV2.Build(0.35, 64, 10, bits);
        var sliced = ChannelSlicing.Run(network, 512);

        AssertSame(network, sliced, bits + " bits");
        Assert.Equal(Macs(network), Macs(sliced));
        Assert.DoesNotContain(sliced.Tensors, tensor => tensor.Shape[1] > 1 && tensor.Shape[3] > 400 && tensor.Bytes > 512);
        Assert.Same(sliced, ChannelSlicing.Run(sliced, 512));
    }

    private static void AssertSame(QuantizedNetwork network, QuantizedNetwork other, string which)
    {
        NetworkInvariants.Verify(other);
        var inputs = RandomNetworks.Inputs(network, 9);
        var expected = IntegerInterpreter.Run(network, inputs);
        var actual = IntegerInterpreter.Run(other, inputs);
        var inArena = ArenaExecutor.Run(other, inputs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), which + ": output " + i);
            Assert.True(expected[i].AsSpan().SequenceEqual(inArena[i]), which + ": output " + i + " in the arena");
        }
    }

    private static int BytesOf(QuantizedNetwork network) => NetworkMemory.Plan(network, CancellationToken.None).TotalBytes;

    private static long Macs(QuantizedNetwork network) => NetworkCost.Of(network).ExecutedMacs;
}
