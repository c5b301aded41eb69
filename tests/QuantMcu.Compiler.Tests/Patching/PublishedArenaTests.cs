using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>
/// MobileNetV2 of width 0.35 at 144 x 144, for which msf-CNN (NeurIPS 2025) publishes exact arenas at 8 bits: 83.1 kB at x1.02 of the layer-wise
/// multiplications, 25.8 kB at x1.25, 21.4 kB at x1.30.
/// </summary>
public class PublishedArenaTests
{
    [Fact]
    public void One_patch_stage_fits_40_kB_without_a_multiplication_executed_twice()
    {
        var network = MobileNetV2.Build(0.35, 144, 1000);
        int[] bits = network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        var best = SplitPoint.All(network).Select(stage => new PatchPlan(stage, PatchPlan.Finest(stage, Halo.Cache), Halo.Cache))
            .OrderBy(plan => NetworkMemory.LowerBound(plan, bits)).First();

        Assert.InRange(ArenaOf(NetworkSplitter.Split(best.Stage, best.Grid, Halo.Cache)), 1, 40_000);
        Assert.Equal(best.Stage.Layers.Sum(layer => network.Layers[layer].Macs(network)), best.ExecutedMacs);
    }

    [Fact]
    public void Rows_alone_are_streamed_down_to_one_row_of_output()
    {
        var network = MobileNetV2.Build(0.35, 144, 1000);
        var stage = SplitPoint.All(network).Last(split => network.Tensor(split.Split).Shape.Equals(new Shape(1, 18, 18, 16)));
        var rows = new PatchGrid(PatchPlan.Finest(stage, Halo.Cache).Rows, 1);
        var plan = new PatchPlan(stage, rows, Halo.Cache);

        Assert.Equal(18, Enumerable.Range(0, plan.Rows.Tiles).Count(row => plan.Rows.Cut(row).Length == 1));
        Assert.InRange(ArenaOf(NetworkSplitter.Split(stage, rows, Halo.Cache)), 1, 50_000);
    }

    [Theory]
    [InlineData(8, 19_000)]
    [InlineData(4, 9_500)]
    public void Fused_layers_need_less_than_the_smallest_published_arena_at_no_overhead(int bits, int bytes)
    {
        var network = MobileNetV2.Build(0.35, 144, 1000, bits);
        var fused = FusionPlanner.Run(ChannelSlicing.Run(network, 4096), 0, CancellationToken.None);

        Assert.InRange(ArenaOf(fused), 1, bytes);
        Assert.Equal(network.Layers.Sum(layer => layer.Macs(network)), fused.Layers.Sum(layer => layer.Macs(fused)));
    }

    private static int ArenaOf(QuantizedNetwork network) => NetworkMemory.Plan(network, CancellationToken.None).TotalBytes;
}
