using System;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;
namespace QuantMcu.Compiler.Tests.Patching;
public class ScratchTests
{
    [Fact]
    public void Look()
    {
        using var w = new StreamWriter("/tmp/patch/ratio.txt");
        foreach (var model in new[] { "meter", "mobilenetv2_tiny_cifar10", "mobilenetv2_w035_r128_imagenet", "mobilenetv1_w025_r224_imagenet", "mobilenetv2_w100_r224_imagenet", "vww_mobilenetv1_w025_r96", "dscnn_kws" })
        {
            var file = Directory.GetFiles(Path.GetDirectoryName(ModelsFolder.Model("meter"))!, model + "*.onnx").OrderBy(f => f.Length).First();
            var net = ModelCompiler.Compile(new CompileRequest(model, File.ReadAllBytes(file), null, CompileOptions.Default with { Mean = [127.5], Std = [127.5] }), null, CancellationToken.None).Model!.Network;
            var bits = net.Tensors.Select(t => t.Quantizer.Bits).ToArray();
            long macs = net.Layers.Sum(l => l.Macs(net));
            double Over(PatchPlan p) => (macs - p.Stage.Layers.Sum(l => net.Layers[l].Macs(net)) + p.ExecutedMacs) / (double)macs;
            var cached = from s in SplitPoint.All(net) from n in new[] { (1, 1), (2, 2), (3, 3), (4, 4), (6, 6), (8, 8), (12, 12), (99, 99), (4, 1), (8, 1), (99, 1) }
                let f = PatchPlan.Finest(s, Halo.Cache) let p = new PatchPlan(s, new PatchGrid(Math.Min(n.Item1, f.Rows), Math.Min(n.Item2, f.Columns)), Halo.Cache)
                select (Bytes: NetworkMemory.LowerBound(p, bits), Plan: p);
            var recomp = from s in SplitPoint.All(net) from n in new[] { (2, 2), (3, 3), (4, 4), (6, 6), (4, 1), (8, 1) }
                let f = PatchPlan.Finest(s, Halo.Recompute) where n.Item1 <= f.Rows && n.Item2 <= f.Columns let p = new PatchPlan(s, new PatchGrid(n.Item1, n.Item2), Halo.Recompute)
                select (Bytes: NetworkMemory.LowerBound(p, bits), Plan: p, Over: Over(p));
            var c = cached.OrderBy(x => x.Bytes).First();
            var r = recomp.Where(x => x.Over < 1.5).OrderBy(x => x.Bytes).First();
            var same = new PatchPlan(r.Plan.Stage, r.Plan.Grid, Halo.Cache);
            var fused = NetworkMemory.Plan(FusionPlanner.Run(ChannelSlicing.Run(net, 4096), 0, default), default);
            w.WriteLine($"{model}: layer-wise {NetworkMemory.LowerBound(net, bits)}; best recompute (<=1.5) {r.Bytes} x{r.Over:F3} {net.Tensor(r.Plan.Stage.Split).Shape} {r.Plan.Grid}; same split+grid cached {NetworkMemory.LowerBound(same, bits)} x{Over(same):F3} ratio {NetworkMemory.LowerBound(same, bits) / (double)r.Bytes:F3}; best cached {c.Bytes} x{Over(c.Plan):F3} {net.Tensor(c.Plan.Stage.Split).Shape} {c.Plan.Grid}; fused {fused.TotalBytes}");
            w.Flush();
        }
    }
}
