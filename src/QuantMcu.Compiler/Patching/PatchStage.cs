using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// The part of a network that runs patch by patch: the layers that the split tensor depends on. Nothing but the split tensor leaves it, and
/// every layer in it maps regions to regions.
/// </summary>
public sealed class PatchStage
{
    private PatchStage(QuantizedNetwork network, int split, ImmutableArray<int> layers)
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
    public static PatchStage? EndingAt(QuantizedNetwork network, int split)
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
        var stage = new PatchStage(network, split, layers.ToImmutableArray());
        return layers.Count > 0 && stage.IsClosed() ? stage : null;
    }

    /// <summary>Every stage of the network, shallowest first.</summary>
    public static IEnumerable<PatchStage> All(QuantizedNetwork network) =>
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
        Network.Tensor(tensor).Constant is not null || Network.Tensor(tensor).Shape is { Rank: 4 };
}
