using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>Layers between two bottlenecks that can become one <see cref="FusedLayer"/>.</summary>
public sealed class LayerFusion
{
    private LayerFusion(Bottleneck from, Bottleneck to, SplitPoint stage, ImmutableArray<int> tensors)
    {
        From = from;
        To = to;
        Stage = stage;
        Tensors = tensors;
    }

    /// <summary>Before the first of the layers: the tensor that they read.</summary>
    public Bottleneck From { get; }

    /// <summary>Behind the last of the layers: the tensor that they write.</summary>
    public Bottleneck To { get; }

    /// <summary>The layers as a network of their own, which is nothing but a patch stage: plans are made for it.</summary>
    public SplitPoint Stage { get; }

    /// <summary>The tensors of that network, as indices into those of the network that the layers are of.</summary>
    public ImmutableArray<int> Tensors { get; }

    /// <summary>The layers between two bottlenecks of a network, or null where one of them cannot be patched.</summary>
    public static LayerFusion? Between(QuantizedNetwork network, Bottleneck from, Bottleneck to)
    {
        var layers = Enumerable.Range(from.Layer, to.Layer - from.Layer).ToArray();
        if (!layers.All(layer => ReceptiveField.CanBePatched(network.Layers[layer], network)))
            return null;

        var inputs = from.IsStart(network) ? network.Inputs.Where(port => port.Tensor == from.Tensor).ToImmutableArray() : Port(network, from.Tensor);
        var source = network with { Inputs = inputs, Patches = null };
        var results = Port(network, to.Tensor);
        var tensors = NetworkSplitter.TensorsOf(source, layers, results);
        var part = NetworkSplitter.Part(source, layers, results, tensors);
        var stage = SplitPoint.EndingAt(part, part.Outputs[0].Tensor);
        return stage is not null && stage.Layers.Length == layers.Length ? new LayerFusion(from, to, stage, tensors) : null;
    }

    /// <summary>The network with some of its layers fused; it computes the same codes.</summary>
    /// <param name="network">What the fusions were found in.</param>
    /// <param name="fusions">In order, without overlap, each with its grid. None begins with the network's input: that would be a patch stage.</param>
    /// <param name="halo">What becomes of the pixels that tiles share.</param>
    public static QuantizedNetwork Apply(QuantizedNetwork network, IEnumerable<(LayerFusion Fusion, PatchGrid Grid)> fusions, Halo halo) =>
        NetworkSplitter.Compact(Fuse(network, fusions.Select(fusion => (fusion.Fusion, fusion.Grid, halo))));

    /// <summary>The same with all tensors of the network, whether or not any layer still names them.</summary>
    internal static QuantizedNetwork Fuse(QuantizedNetwork network, IEnumerable<(LayerFusion Fusion, PatchGrid Grid, Halo Halo)> fusions)
    {
        var layers = ImmutableArray.CreateBuilder<QuantizedLayer>();
        int next = 0;
        foreach (var (fusion, grid, halo) in fusions)
        {
            layers.AddRange(network.Layers.Skip(next).Take(fusion.From.Layer - next));
            string name = network.Layers[fusion.From.Layer].Name + " .. " + network.Layers[fusion.To.Layer - 1].Name;
            layers.Add(new FusedLayer(
                name, ImmutableArray.Create(fusion.From.Tensor), fusion.To.Tensor, grid, halo, new PatchBranch(fusion.Stage.Network)));
            next = fusion.To.Layer;
        }

        layers.AddRange(network.Layers.Skip(next));
        return network with { Layers = layers.ToImmutable() };
    }

    private static ImmutableArray<NetworkPort> Port(QuantizedNetwork network, int tensor) =>
        ImmutableArray.Create(new NetworkPort(network.Tensor(tensor).Name, tensor, false, network.Tensor(tensor).Shape));
}
