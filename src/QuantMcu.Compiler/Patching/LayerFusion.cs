using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>Layers between two bottlenecks that can become one <see cref="FusedLayer"/>.</summary>
public sealed class LayerFusion
{
    private LayerFusion(Bottleneck from, Bottleneck to, SplitPoint stage)
    {
        From = from;
        To = to;
        Stage = stage;
    }

    /// <summary>Before the first of the layers: the tensor that they read.</summary>
    public Bottleneck From { get; }

    /// <summary>Behind the last of the layers: the tensor that they write.</summary>
    public Bottleneck To { get; }

    /// <summary>The layers as a network of their own, which is nothing but a patch stage: plans are made for it.</summary>
    public SplitPoint Stage { get; }

    /// <summary>The layers between two bottlenecks of a network, or null where one of them cannot be patched.</summary>
    public static LayerFusion? Between(QuantizedNetwork network, Bottleneck from, Bottleneck to)
    {
        var layers = Enumerable.Range(from.Layer, to.Layer - from.Layer).ToArray();
        if (!layers.All(layer => ReceptiveField.CanBePatched(network.Layers[layer], network)))
            return null;

        var source = network with { Inputs = Port(network, from.Tensor), Patches = null };
        var results = Port(network, to.Tensor);
        var part = NetworkSplitter.Part(source, layers, results, NetworkSplitter.TensorsOf(source, layers, results));
        var stage = SplitPoint.EndingAt(part, part.Outputs[0].Tensor);
        return stage is not null && stage.Layers.Length == layers.Length ? new LayerFusion(from, to, stage) : null;
    }

    /// <summary>The network with some of its layers fused; it computes the same codes.</summary>
    /// <param name="network">What the fusions were found in.</param>
    /// <param name="fusions">In order, without overlap, each with its grid.</param>
    /// <param name="halo">What becomes of the pixels that tiles share.</param>
    public static QuantizedNetwork Apply(QuantizedNetwork network, IEnumerable<(LayerFusion Fusion, PatchGrid Grid)> fusions, Halo halo)
    {
        var layers = ImmutableArray.CreateBuilder<QuantizedLayer>();
        int next = 0;
        foreach (var (fusion, grid) in fusions)
        {
            layers.AddRange(network.Layers.Skip(next).Take(fusion.From.Layer - next));
            string name = network.Layers[fusion.From.Layer].Name + " .. " + network.Layers[fusion.To.Layer - 1].Name;
            layers.Add(new FusedLayer(
                name, ImmutableArray.Create(fusion.From.Tensor), fusion.To.Tensor, grid, halo, new PatchBranch(fusion.Stage.Network)));
            next = fusion.To.Layer;
        }

        layers.AddRange(network.Layers.Skip(next));
        return NetworkSplitter.Compact(network with { Layers = layers.ToImmutable() });
    }

    private static ImmutableArray<NetworkPort> Port(QuantizedNetwork network, int tensor) =>
        ImmutableArray.Create(new NetworkPort(network.Tensor(tensor).Name, tensor, false, network.Tensor(tensor).Shape));
}
