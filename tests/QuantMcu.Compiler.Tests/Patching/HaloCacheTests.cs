using System;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching.Plans;
using QuantMcu.Testing;
using Xunit;
using Xunit.Abstractions;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>What keeping halos costs and saves against computing them again, on the shapes of real networks at 8 bits.</summary>
public class HaloCacheTests(ITestOutputHelper output)
{
    [ModelsTheory]
    [InlineData("meter")]
    [InlineData("mobilenetv2_tiny_cifar10")]
    [InlineData("vww_mobilenetv1_w025_r96")]
    [InlineData("dscnn_kws")]
    [InlineData("mobilenetv2_w035_r128_imagenet")]
    [InlineData("mobilenetv1_w025_r224_imagenet")]
    public void Cached_halos_execute_nothing_twice_in_at_most_1_15_times_the_memory_of_recomputed_ones(string model)
    {
        var network = Compile(model);
        int[] bits = network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        long macs = network.Layers.Sum(layer => layer.Macs(network));
        var recomputed = PlanCatalog.Smallest(
            PlanCatalog.Price(PlanCatalog.Of(network, null, Halo.Recompute, CancellationToken.None), bits), macs)!;
        var cached = PlanCatalog.Price(PlanCatalog.Of(network, null, Halo.Cache, CancellationToken.None), bits)
            .Where(plan => plan.Macs <= 1.02 * macs).OrderBy(plan => plan.Bytes).First();
        var same = new PatchPlan(recomputed.Plan.Stage, recomputed.Grid, Halo.Cache);
        var fused = FusionPlanner.Run(network, 0, CancellationToken.None);
        output.WriteLine(FormattableString.Invariant(
            $"| {model} | {NetworkMemory.LowerBound(network, bits)} | {recomputed.Grid} of {Shape(recomputed)}: {Arena(recomputed)}, x{(double)recomputed.Macs / macs:f2} | {NetworkMemory.Plan(NetworkSplitter.Split(same.Stage, same.Grid, Halo.Cache), default).TotalBytes} | {cached.Grid} of {Shape(cached)}: {Arena(cached)}, x{(double)cached.Macs / macs:f2} | {NetworkMemory.Plan(fused, default).TotalBytes} |"));

        Assert.InRange(Arena(cached), 1, 1.15 * Arena(recomputed));
        Assert.InRange(NetworkMemory.Plan(fused, CancellationToken.None).TotalBytes, 1, 1.15 * Arena(recomputed));

        string Shape(PricedPlan plan) => string.Join("x", network.Tensor(plan.Plan.Stage.Split).Shape.Skip(1));
    }

    private static double Arena(PricedPlan plan) =>
        NetworkMemory.Plan(NetworkSplitter.Split(plan.Plan.Stage, plan.Grid, plan.Plan.Halo), CancellationToken.None).TotalBytes;

    private static QuantizedNetwork Compile(string model)
    {
        byte[] bytes = File.ReadAllBytes(ModelsFolder.Model(model));
        var options = CompileOptions.Default with { Mean = [127.5], Std = [127.5] };
        return ModelCompiler.Compile(new CompileRequest(model, bytes, null, options), null, CancellationToken.None).Model!.Network;
    }
}
