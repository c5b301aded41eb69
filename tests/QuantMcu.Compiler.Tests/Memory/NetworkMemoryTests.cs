using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Memory;

public class NetworkMemoryTests
{
    [Fact]
    public void Random_networks_run_inside_their_arena()
    {
        foreach (var recipe in NetworkRecipe.Arbitrary.Generator.Sample(60, new FsCheck.Rnd(20_261_122, 35), 10))
        {
            var network = RandomNetworks.Build(recipe);
            AssertRuns(network, RandomNetworks.Inputs(network, 3), recipe.ToString());
        }
    }

    [Fact]
    public void Patched_networks_run_inside_their_arena()
    {
        foreach (var (recipe, patched) in Patched(60))
            AssertRuns(patched, RandomNetworks.Inputs(patched, 3), recipe + " " + patched.Patches!.Grid + " " + patched.Patches.Halo);
    }

    [Theory]
    [InlineData(4, Halo.Cache)]
    [InlineData(4, Halo.Recompute)]
    [InlineData(2, Halo.Cache)]
    public void Packed_maps_run_inside_their_arena(int bits, Halo halo)
    {
        var network = MobileNetV2.Build(0.1, 48, 3, bits);
        var stage = SplitPoint.All(network).ElementAt(14);
        var patched = NetworkSplitter.Split(stage, new PatchGrid(3, 2), halo);

        AssertRuns(patched, RandomNetworks.Inputs(patched, 3), "MobileNetV2 at " + bits + " bits");
    }

    [Fact]
    public void The_bound_without_a_plan_is_the_bound_of_the_plan()
    {
        foreach (var recipe in NetworkRecipe.ImageArbitrary.Generator.Sample(30, new FsCheck.Rnd(20_261_123, 37), 10))
        {
            var network = RandomNetworks.Build(recipe);
            int[] bits = network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
            Assert.Equal(NetworkMemory.Plan(network, CancellationToken.None).LowerBound, NetworkMemory.LowerBound(network, bits));
            foreach (var stage in SplitPoint.All(network))
            {
                foreach (var halo in new[] { Halo.Recompute, Halo.Cache })
                {
                    var grid = Grid(stage, halo, recipe.Input);
                    int bound = NetworkMemory.Plan(NetworkSplitter.Split(stage, grid, halo), CancellationToken.None).LowerBound;
                    Assert.Equal(bound, NetworkMemory.LowerBound(new PatchPlan(stage, grid, halo), bits));
                }
            }
        }
    }

    [Fact]
    public void Caches_are_there_only_where_tiles_share_pixels()
    {
        foreach (var (_, patched) in Patched(40))
        {
            foreach (var tensor in NetworkMemory.Plan(patched, CancellationToken.None).Branches.Single().Tensors)
            {
                Assert.Equal(tensor.RowCache >= 0, tensor.RowCacheRows > 0);
                Assert.True(patched.Patches!.Halo == Halo.Cache || (tensor.RowCache < 0 && tensor.ColumnCache < 0));
                Assert.True(patched.Patches!.Grid.Columns > 1 || tensor.ColumnCache < 0);
            }
        }
    }

    private static void AssertRuns(QuantizedNetwork network, byte[][] inputs, string which)
    {
        var expected = IntegerInterpreter.Run(network, inputs);
        var actual = ArenaExecutor.Run(network, inputs);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), which + ": output " + i);
    }

    private static IEnumerable<(NetworkRecipe Recipe, QuantizedNetwork Network)> Patched(int count)
    {
        foreach (var recipe in NetworkRecipe.ImageArbitrary.Generator.Sample(count, new FsCheck.Rnd(20_261_121, 41), 10))
        {
            var halo = recipe.Input % 2 == 0 ? Halo.Cache : Halo.Recompute;
            foreach (var stage in SplitPoint.All(RandomNetworks.Build(recipe)))
                yield return (recipe, NetworkSplitter.Split(stage, Grid(stage, halo, recipe.Input), halo));
        }
    }

    private static PatchGrid Grid(SplitPoint stage, Halo halo, int seed)
    {
        var random = new Random(seed + stage.Split);
        var most = PatchPlan.Finest(stage, halo);
        return random.Next(4) == 0 ? most : new PatchGrid(random.Next(1, most.Rows + 1), random.Next(1, most.Columns + 1));
    }
}
