using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;

namespace QuantMcu.Testing;

/// <summary>
/// Random networks of images, cut at random tensors into random grids: single tiles, rows of tiles one output row high, tiles of one pixel; halos
/// recomputed or cached; one branch, two by class, two by outliers.
/// </summary>
public static class RandomPatches
{
    /// <summary>Some networks that have a patch stage, with a name by which a failure can be made again.</summary>
    /// <param name="seed">Same seed, same networks.</param>
    /// <param name="count">How many.</param>
    /// <param name="mixed">Feature maps and weights of 8, 4 and 2 bits; else 8.</param>
    public static IReadOnlyList<(QuantizedNetwork Network, string Name)> Cases(int seed, int count, bool mixed)
    {
        var recipes = NetworkRecipe.ImageArbitrary.Generator.Sample(4 * count, new FsCheck.Rnd((ulong)seed, 33), 10)
            .Select(recipe => recipe with { Mixed = mixed });
        return recipes.Select((recipe, i) => Case(recipe, new Random(seed + i))).OfType<(QuantizedNetwork, string)>().Take(count).ToArray();
    }

    private static (QuantizedNetwork Network, string Name)? Case(NetworkRecipe recipe, Random random)
    {
        var network = RandomNetworks.Build(recipe);
        var stages = SplitPoint.All(network).ToArray();
        if (stages.Length == 0)
            return null;

        var stage = stages[random.Next(stages.Length)];
        var halo = random.Next(2) == 0 ? Halo.Recompute : Halo.Cache;
        var grid = Grid(random, PatchPlan.Finest(stage, halo));
        var patched = NetworkSplitter.Split(stage, grid, halo);
        if (halo == Halo.Recompute && random.Next(2) == 0)
            patched = TwoBranches(patched, random);

        NetworkInvariants.Verify(patched);
        return (patched, recipe + " at " + network.Tensor(stage.Split).Name + ", " + grid + ", " + halo + ", " + patched.Patches!.Branches.Length + " branches");
    }

    /// <summary>
    /// Some networks with fused layers between random bottlenecks, cut into random grids; before them a patch stage where there is room for one.
    /// </summary>
    /// <inheritdoc cref="Cases"/>
    public static IReadOnlyList<(QuantizedNetwork Network, string Name)> FusedCases(int seed, int count, bool mixed)
    {
        var recipes = NetworkRecipe.ImageArbitrary.Generator.Sample(8 * count, new FsCheck.Rnd((ulong)seed, 35), 10)
            .Select(recipe => recipe with { Mixed = mixed });
        return recipes.Select((recipe, i) => FusedCase(recipe, new Random(seed + i))).OfType<(QuantizedNetwork, string)>().Take(count).ToArray();
    }

    private static (QuantizedNetwork Network, string Name)? FusedCase(NetworkRecipe recipe, Random random)
    {
        var network = RandomNetworks.Build(recipe);
        var shallow = SplitPoint.All(network).Where(stage => stage.Layers.Length < network.Layers.Length / 2).ToArray();
        if (shallow.Length > 0 && random.Next(2) == 0)
        {
            var stage = shallow[random.Next(shallow.Length)];
            network = NetworkSplitter.Split(stage, Grid(random, PatchPlan.Finest(stage, Halo.Cache)), Halo.Cache);
        }

        var halo = random.Next(4) == 0 ? Halo.Recompute : Halo.Cache;
        var fusions = Fusions(network, random).Select(fusion => (fusion, Grid(random, PatchPlan.Finest(fusion.Stage, halo)))).ToArray();
        if (fusions.Length == 0)
            return null;

        var fused = LayerFusion.Apply(network, fusions, halo);
        NetworkInvariants.Verify(fused);
        string grids = string.Join(", ", fusions.Select(fusion => fusion.Item1.From.Layer + " to " + fusion.Item1.To.Layer + " in " + fusion.Item2));
        return (fused, recipe + (network.Patches is null ? "" : ", patched") + ", layers " + grids + ", " + halo);
    }

    private static IEnumerable<LayerFusion> Fusions(QuantizedNetwork network, Random random)
    {
        var bottlenecks = Bottleneck.Of(network);
        for (int from = random.Next(2); from + 1 < bottlenecks.Length; from++)
        {
            // What begins with the network's input is a patch stage, not a fused layer.
            int to = Math.Min(bottlenecks.Length - 1, from + random.Next(1, 4));
            if (bottlenecks[from].IsStart(network) || LayerFusion.Between(network, bottlenecks[from], bottlenecks[to]) is not { } fusion)
                continue;

            yield return fusion;
            from = to - 1 + random.Next(2);
        }
    }

    private static PatchGrid Grid(Random random, PatchGrid finest) => Grid(random, finest.Rows, finest.Columns);

    private static PatchGrid Grid(Random random, int rows, int columns) => random.Next(5) switch
    {
        0 => new PatchGrid(rows, 1),
        1 => new PatchGrid(1, columns),
        2 when rows * columns <= 150 => new PatchGrid(rows, columns),
        _ => new PatchGrid(random.Next(1, Math.Min(rows, 6) + 1), random.Next(1, Math.Min(columns, 6) + 1)),
    };

    /// <summary>The same layers twice; by class, or by outliers where there are any.</summary>
    private static QuantizedNetwork TwoBranches(QuantizedNetwork network, Random random)
    {
        var classes = Enumerable.Range(0, network.Patches!.Grid.Tiles).Select(_ => random.Next(2)).ToImmutableArray();
        var classifier = random.Next(2) == 0
            ? null
            : new PatchClassifier(random.Next(network.Inputs.Length), random.Next(0, 4), random.Next(252, 256));
        return NetworkSplitter.WithBranches(network, [Other(network)], classes, classifier);
    }

    /// <summary>A network whose stage computes something else: another clamp in its layers, where they have one.</summary>
    private static QuantizedNetwork Other(QuantizedNetwork network)
    {
        var branch = network.Patches!.Branches[0].Network;
        var layers = branch.Layers.Select(layer => layer is Compiler.Quantization.Layers.ConvLayer conv
            ? conv with { Bias = Array.ConvertAll(conv.Bias, bias => bias / 2) }
            : layer).ToImmutableArray();
        return network with
        {
            Patches = network.Patches with { Branches = [new PatchBranch(branch with { Layers = layers })] },
        };
    }
}
