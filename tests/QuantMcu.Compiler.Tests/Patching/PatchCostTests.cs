using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reports;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

public class PatchCostTests
{
    private static readonly QuantizedNetwork Network = MobileNetV2.Build(0.35, 48, 4);

    [Fact]
    public void Cached_patches_and_fused_layers_cost_what_layers_cost()
    {
        var stage = SplitPoint.All(Network).ElementAt(5);
        var layers = NetworkCost.Of(Network);

        Assert.Equal(64 * layers.Macs, layers.BitOps.Executed);
        AssertSame(layers, NetworkCost.Of(NetworkSplitter.Split(stage, new PatchGrid(4, 4), Halo.Cache)));
        AssertSame(layers, NetworkCost.Of(FusionPlanner.Run(Network, 0, CancellationToken.None)));
    }

    private static void AssertSame(NetworkCost expected, NetworkCost actual)
    {
        Assert.Equal(expected.Macs, actual.Macs);
        Assert.Equal(expected.ExecutedMacs, actual.ExecutedMacs);
        Assert.Equal(expected.BitOps.Executed, actual.BitOps.Executed);
    }

    [Fact]
    public void Halos_computed_again_are_counted_at_the_bits_of_the_class()
    {
        var stage = SplitPoint.All(Network).ElementAt(5);
        var patched = NetworkSplitter.Split(stage, new PatchGrid(2, 2), Halo.Recompute);
        var cost = NetworkCost.Of(patched);
        Assert.Equal(NetworkCost.Of(Network).Macs + Extra(stage), cost.ExecutedMacs);

        var branch = patched.Patches!.Branches[0].Network;
        var half = branch with
        {
            Tensors = [.. branch.Tensors.Select((t, i) => i == branch.Inputs[0].Tensor ? t : t with { Quantizer = t.Quantizer with { Bits = 4 } })],
        };
        var both = patched with
        {
            Patches = patched.Patches with { Branches = [patched.Patches.Branches[0], new PatchBranch(half)], Classes = [0, 1, 1, 0] },
        };
        long inFours = branch.Layers.Where(layer => !layer.Inputs.Contains(branch.Inputs[0].Tensor)).Sum(layer =>
        {
            var plan = patched.Patches.Branches[0].Plan(patched.Patches.Grid, Halo.Recompute);
            return plan.MacsOf(layer, 0, 1) + plan.MacsOf(layer, 1, 0);
        });
        Assert.Equal(cost.BitOps.Executed - (32 * inFours), NetworkCost.Of(both).BitOps.Executed);
    }

    private static long Extra(SplitPoint stage) =>
        new PatchPlan(stage, new PatchGrid(2, 2), Halo.Recompute).ExecutedMacs - stage.Layers.Sum(layer => Network.Layers[layer].Macs(Network));
}
