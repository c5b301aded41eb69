using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Tests.Memory;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>Stages of several branches: who computes which tile, and what may not be combined.</summary>
public class BranchTests
{
    private static readonly PatchGrid Grid = new(2, 3);

    private static readonly QuantizedNetwork Eight = MobileNetV2.Build(0.35, 48, 4);

    /// <summary>The same weights with a map of other codes inside the stage, so that branches can be told apart.</summary>
    private static readonly QuantizedNetwork Other = Eight with { Layers = Eight.Layers.SetItem(3, Silent(Eight.Layers[3])) };

    [Fact]
    public void Every_tile_is_computed_by_the_branch_of_its_class()
    {
        var inputs = RandomNetworks.Inputs(Eight, 1);
        byte[] first = Stage(Eight, inputs), second = Stage(Other, inputs);
        var both = NetworkSplitter.WithBranches(Split(Eight), [Split(Other)], [0, 1, 1, 0, 0, 1]);
        NetworkInvariants.Verify(both);
        var run = PatchInterpreter.Run(both, inputs);

        Assert.Equal([0, 1, 1, 0, 0, 1], run.Branches.ToArray());
        var plan = both.Patches!.Branches[0].Plan(Grid, Halo.Recompute);
        var shape = both.Tensor(both.Patches.Output).Shape;
        for (int i = 0; i < run.Codes.Length; i++)
        {
            int row = i / shape[3] / shape[2], column = i / shape[3] % shape[2];
            int tile = (Find(plan.Rows, row) * Grid.Columns) + Find(plan.Columns, column);
            Assert.Equal((run.Branches[tile] == 0 ? first : second)[i], run.Codes[i]);
        }

        Assert.NotEqual(first, second);
        Assert.Equal(IntegerInterpreter.Run(both, inputs)[0], ArenaExecutor.Run(both, inputs)[0]);
    }

    [Fact]
    public void A_tile_with_an_outlier_is_computed_by_the_first_branch()
    {
        var inputs = new[] { Enumerable.Repeat((byte)100, 48 * 48 * 3).ToArray() };
        var classifier = new PatchClassifier(0, 50, 150);
        var both = NetworkSplitter.WithBranches(Split(Eight), [Split(Other)], [1, 1, 1, 1, 1, 1], classifier);
        Assert.Equal([1, 1, 1, 1, 1, 1], PatchInterpreter.Run(both, inputs).Branches.ToArray());

        inputs[0][0] = 151;
        inputs[0][^1] = 49;
        Assert.Equal([0, 1, 1, 1, 1, 0], PatchInterpreter.Run(both, inputs).Branches.ToArray());
    }

    [Fact]
    public void Branches_share_their_arena()
    {
        var one = Split(Eight);
        var both = NetworkSplitter.WithBranches(one, [Split(Other)], [0, 1, 1, 0, 0, 1]);

        Assert.Equal(NetworkMemory.Plan(one, default).TotalBytes, NetworkMemory.Plan(both, default).TotalBytes);
    }

    [Fact]
    public void Branches_that_do_not_go_together_are_refused()
    {
        var one = Split(Eight);
        ImmutableArray<int> classes = [0, 0, 0, 0, 0, 1];
        var narrower = Split(MobileNetV2.Build(0.35, 48, 4, bits: 4));
        var cached = NetworkSplitter.Split(StageOf(Eight), Grid, Halo.Cache);

        Assert.Throws<ArgumentException>(() => NetworkSplitter.WithBranches(one, [narrower], classes));
        Assert.Throws<ArgumentException>(() => NetworkSplitter.WithBranches(cached, [one], classes));
        Assert.Throws<ArgumentException>(() => NetworkSplitter.WithBranches(one, [one], [0, 1]));
        Assert.Throws<ArgumentException>(() => NetworkSplitter.WithBranches(one, [], classes));
        Assert.Throws<ArgumentException>(() => NetworkSplitter.WithBranches(Eight, [one], classes));
        Assert.Throws<ArgumentException>(() => NetworkSplitter.Split(StageOf(Eight), new PatchGrid(99, 1), Halo.Recompute));
    }

    [Fact]
    public void Verify_refuses_stages_that_contradict_themselves()
    {
        var patched = Split(Eight);
        var stage = patched.Patches!;
        PatchStage[] broken =
        [
            stage with { Output = patched.Inputs[0].Tensor },
            stage with { Output = 10_000 },
            stage with { Branches = [] },
            stage with { Classes = [0, 0] },
            stage with { Classes = [0, 0, 0, 0, 0, 1] },
            stage with { Grid = new PatchGrid(6, 1_000), Classes = Enumerable.Repeat(0, 6_000).ToImmutableArray() },
            stage with { Branches = [new PatchBranch(Eight)] },
            stage with { Classifier = new PatchClassifier(1, 0, 255) },
            stage with { Classifier = new PatchClassifier(0, 0, 256) },
        ];

        NetworkInvariants.Verify(patched);
        foreach (var one in broken)
        {
            var exception = Assert.Throws<ModelException>(() => NetworkInvariants.Verify(patched with { Patches = one }));
            Assert.Equal(QuantizationRules.InconsistentNetwork, exception.Diagnostic.Rule);
        }
    }

    private static SplitPoint StageOf(QuantizedNetwork network) => SplitPoint.All(network).ElementAt(5);

    private static QuantizedNetwork Split(QuantizedNetwork network) => NetworkSplitter.Split(StageOf(network), Grid, Halo.Recompute);

    private static byte[] Stage(QuantizedNetwork network, byte[][] inputs) => PatchInterpreter.Run(Split(network), inputs).Codes;

    private static int Find(AxisPlan axis, int index) =>
        Enumerable.Range(0, axis.Tiles).Single(tile => axis.Cut(tile).Begin <= index && index < axis.Cut(tile).End);

    private static Compiler.Quantization.Layers.QuantizedLayer Silent(Compiler.Quantization.Layers.QuantizedLayer layer)
    {
        var conv = Assert.IsType<Compiler.Quantization.Layers.ConvLayer>(layer);
        return conv with { Requantization = conv.Requantization with { Max = 1 } };
    }
}
