using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// A tensor at which a network may be cut: the layers that it depends on can run patch by patch. Nothing but this tensor leaves them, and
/// every one of them maps regions to regions.
/// </summary>
public sealed class SplitPoint
{
    private SplitPoint(QuantizedNetwork network, int split, ImmutableArray<int> layers)
    {
        Network = network;
        Split = split;
        Layers = layers;
    }

    public QuantizedNetwork Network { get; }

    /// <summary>Index of the split tensor, which is cut into tiles and stored whole.</summary>
    public int Split { get; }

    /// <summary>Indices into <see cref="QuantizedNetwork.Layers"/>, in execution order.</summary>
    public ImmutableArray<int> Layers { get; }

    /// <summary>The layers after the stage, in execution order: they run as ever, on the whole split tensor.</summary>
    public IEnumerable<int> Tail => Enumerable.Range(0, Network.Layers.Length).Except(Layers);

    /// <summary>The stage that ends at a tensor, or null where there is none: a layer cannot be patched, or another tensor would leave the stage.</summary>
    public static SplitPoint? EndingAt(QuantizedNetwork network, int split)
    {
        var needed = new HashSet<int> { split };
        var layers = new List<int>();
        for (int i = network.Layers.Length - 1; i >= 0; i--)
        {
            if (!needed.Contains(network.Layers[i].Output))
                continue;

            layers.Add(i);
            needed.UnionWith(network.Layers[i].Inputs);
        }

        layers.Reverse();
        var stage = new SplitPoint(network, split, layers.ToImmutableArray());
        return layers.Count > 0 && stage.IsClosed() ? stage : null;
    }

    /// <summary>The end of a network that is nothing but a patch stage: its only output.</summary>
    public static SplitPoint Whole(QuantizedNetwork stage) =>
        new(stage, stage.Outputs[0].Tensor, Enumerable.Range(0, stage.Layers.Length).ToImmutableArray());

    /// <summary>Every stage of the network, shallowest first.</summary>
    public static IEnumerable<SplitPoint> All(QuantizedNetwork network) =>
        network.Layers.Select(layer => EndingAt(network, layer.Output)).Where(stage => stage is not null).Select(stage => stage!);

    /// <summary>Positions in <see cref="Layers"/> that read a tensor.</summary>
    public IEnumerable<int> ConsumersOf(int tensor) => Layers.Where(layer => Network.Layers[layer].Inputs.Contains(tensor));

    private bool IsClosed()
    {
        var members = new HashSet<int>(Layers);
        var inside = new HashSet<int>(Layers.Select(layer => Network.Layers[layer].Output).Where(tensor => tensor != Split));
        bool leaks = Network.Outputs.Any(port => inside.Contains(port.Tensor))
            || Tail.Any(layer => Network.Layers[layer].Inputs.Any(inside.Contains));

        return !leaks && Layers.All(layer => ReceptiveField.CanBePatched(Network.Layers[layer], Network))
            && Layers.SelectMany(layer => Network.Layers[layer].Inputs).All(IsImageOrConstant);
    }

    private bool IsImageOrConstant(int tensor) =>
        Network.Tensor(tensor) is { Constant: not null } or { Shape: { Rank: 4 } };
}
