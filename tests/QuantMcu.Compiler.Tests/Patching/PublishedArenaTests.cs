using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Tests.Calibration;
using QuantMcu.Testing;
using Xunit;
using Xunit.Abstractions;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>
/// MobileNetV2 of width 0.35 at 144 x 144, for which msf-CNN (NeurIPS 2025) publishes exact arenas at 8 bits: 83.1 kB at x1.02 of the layer-wise
/// multiplications, 25.8 kB at x1.25, 21.4 kB at x1.30, 15.2 kB at x1.38, 8.6 kB at x1.68.
/// </summary>
public class PublishedArenaTests(ITestOutputHelper output)
{
    private static readonly byte[] Model = MobileNetV2.Onnx(0.35, 144, classes: 10);

    /// <summary>Compiled as a user compiles it, emitted, and run in an arena of exactly the bytes that were planned, between guards.</summary>
    [Theory]
    [InlineData(40_000, 1.02)]
    [InlineData(26_000, 1.02)]
    public void A_budget_below_the_published_arenas_is_met_at_8_bits_without_a_multiplication_executed_twice(int ram, double macs) =>
        Verify(Compile(CompileOptions.Default with { Ram = ram }), ram, macs);

    [Fact]
    public void Mixed_bits_meet_a_smaller_budget_still()
    {
        var options = CompileOptions.Default with { Ram = 15_000, Precision = Precision.Mixed, WeightBits = 8, MaxDamage = 1 };
        var network = Compile(options, samples: 1);
        Verify(network, 15_000, 1.02);
    }

    [Fact]
    public void The_smallest_budget_that_an_error_names_works()
    {
        var result = Result(CompileOptions.Default with { Ram = 1000 });
        var error = Assert.Single(result.Diagnostics, diagnostic => diagnostic.Rule.Id == "QMCU4001");
        output.WriteLine(error.Message);
        int named = int.Parse(error.Message.Split("Ram = ")[^1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);

        Assert.InRange(named, 1, 19_500);
        Assert.Equal(named, NetworkMemory.Plan(Compile(CompileOptions.Default with { Ram = named }), CancellationToken.None).TotalBytes);
    }

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
        var fused = FusionPlanner.Run(network, 0, CancellationToken.None);

        Assert.InRange(ArenaOf(fused), 1, bytes);
        Assert.Equal(NetworkCost.Of(network).Macs, NetworkCost.Of(fused).ExecutedMacs);
    }

    private static CompilationResult Result(CompileOptions options, int samples = 4)
    {
        var pixels = new byte[samples * 144 * 144 * 3];
        new Random(144).NextBytes(pixels);
        var request = new CompileRequest(
            "MobileNetV2", Model, NpyFile.Of("|u1", "(" + samples + ", 144, 144, 3)", pixels), options with { Mean = [127.5], Std = [127.5] });
        return ModelCompiler.Compile(request, null, CancellationToken.None);
    }

    private QuantizedNetwork Compile(CompileOptions options, int samples = 4)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var result = Result(options, samples);
        Assert.True(result.Model is not null, string.Join("\n", result.Diagnostics));
        output.WriteLine(result.Model!.Search.PatchReason);
        output.WriteLine(clock.Elapsed.TotalSeconds + " s");
        return result.Model.Network;
    }

    private void Verify(QuantizedNetwork network, int ram, double macs)
    {
        var cost = NetworkCost.Of(network);
        var hosted = CSharpHost.Load(network)[0];
        var inputs = RandomNetworks.Inputs(network, 5);
        output.WriteLine(FormattableString.Invariant(
            $"Ram = {ram}: arena {hosted.Program.ArenaBytes} bytes, x{(double)cost.ExecutedMacs / cost.Macs:f3} multiplications, {hosted.HighWater(inputs)} bytes written"));

        Assert.InRange(hosted.Program.ArenaBytes, 1, ram);
        Assert.InRange((double)cost.ExecutedMacs / cost.Macs, 1, macs);
        Assert.Equal(IntegerInterpreter.Run(network, inputs)[0], hosted.Run(inputs)[0]);
    }

    private static int ArenaOf(QuantizedNetwork network) => NetworkMemory.Plan(network, CancellationToken.None).TotalBytes;
}
