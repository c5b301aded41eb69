using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>Patched inference against the same network layer by layer, both executed by the integer interpreter.</summary>
public class PatchedNetworkTests
{
    private const int Batch = 50;

    public static TheoryData<int> Batches => new(Enumerable.Range(0, 4));

    [Theory]
    [MemberData(nameof(Batches))]
    public void Patches_compute_the_same_codes_for_every_split_and_grid(int batch)
    {
        int stages = 0;
        foreach (var recipe in Recipes(batch))
        {
            var network = RandomNetworks.Build(recipe);
            var inputs = RandomNetworks.Inputs(network, recipe.Input);
            var expected = IntegerInterpreter.Run(network, inputs);
            foreach (var stage in SplitPoint.All(network))
            {
                stages++;
                foreach (var (grid, halo) in Cuts(stage, recipe.Input))
                    AssertSame(stage, grid, halo, inputs, expected, recipe);
            }
        }

        Assert.True(stages > Batch, "only " + stages + " split points");
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_cache_leaves_nothing_to_compute_twice(int batch)
    {
        foreach (var stage in Recipes(batch).SelectMany(recipe => SplitPoint.All(RandomNetworks.Build(recipe))))
        {
            long whole = new PatchPlan(stage, new PatchGrid(1, 1), Halo.Recompute).ExecutedMacs;
            foreach (var (grid, halo) in Cuts(stage, batch).Where(cut => cut.Halo == Halo.Cache))
            {
                var plan = new PatchPlan(stage, grid, halo);
                Assert.InRange(plan.ExecutedMacs, 0, whole);
                AssertDisjoint(stage, plan);
            }
        }
    }

    private static void AssertSame(
        SplitPoint stage, PatchGrid grid, Halo halo, byte[][] inputs, byte[][] expected, NetworkRecipe recipe)
    {
        string which = recipe + " at " + stage.Network.Tensor(stage.Split).Name + ", " + grid + ", " + halo;
        var patched = NetworkSplitter.Split(stage, grid, halo);
        NetworkInvariants.Verify(patched);
        byte[][] actual;
        try
        {
            actual = IntegerInterpreter.Run(patched, inputs);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(which, exception);
        }

        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), which + ": output " + i);
    }

    private static void AssertDisjoint(SplitPoint stage, PatchPlan plan)
    {
        foreach (int tensor in stage.Layers.Select(layer => stage.Network.Layers[layer].Output))
        {
            foreach (var axis in new[] { plan.Rows, plan.Columns })
            {
                int done = 0;
                for (int tile = 0; tile < axis.Tiles; tile++)
                {
                    var fresh = axis.Computed(tensor, tile);
                    Assert.True(fresh.IsEmpty || fresh.Begin >= done, "tile " + tile + " computes " + fresh + " after " + done);
                    Assert.True(axis.Held(tensor, tile).Contains(axis.Read(tensor, tile)));
                    done = fresh.IsEmpty ? done : fresh.End;
                }
            }
        }
    }

    private static IEnumerable<NetworkRecipe> Recipes(int batch) =>
        NetworkRecipe.ImageArbitrary.Generator.Sample(4 * Batch, new FsCheck.Rnd(20_261_121, 33), 10).Skip(batch * Batch).Take(Batch);

    /// <summary>The extremes (one tile, single rows, single pixels) and grids in between, with both halos.</summary>
    private static IEnumerable<(PatchGrid Grid, Halo Halo)> Cuts(SplitPoint stage, int seed)
    {
        var random = new Random(seed + stage.Split);
        foreach (var halo in new[] { Halo.Recompute, Halo.Cache })
        {
            var most = PatchPlan.Finest(stage, halo);
            PatchGrid[] grids =
            [
                new(1, 1), new(most.Rows, 1), new(1, most.Columns), new(Math.Min(8, most.Rows), Math.Min(8, most.Columns)),
                new(random.Next(1, most.Rows + 1), random.Next(1, Math.Min(5, most.Columns) + 1)),
            ];
            foreach (var grid in grids.Distinct())
                yield return (grid, halo);
        }
    }
}
