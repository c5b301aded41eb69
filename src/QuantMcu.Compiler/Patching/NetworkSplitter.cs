using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>Cuts networks at a split point: the layers before it become a patch stage, the others the tail.</summary>
public static class NetworkSplitter
{
    /// <summary>
    /// The same network with its stage computed patch by patch, in one branch. Tensors are numbered anew, ports are the same; it computes the
    /// same codes.
    /// </summary>
    /// <param name="stage">Where to cut; its network has no patches yet.</param>
    /// <param name="grid">How the split tensor is cut: at most <see cref="PatchPlan.Finest"/>.</param>
    /// <param name="halo">What becomes of the pixels that tiles share.</param>
    /// <exception cref="ArgumentException">The network is split already, or the grid is too fine.</exception>
    public static QuantizedNetwork Split(SplitPoint stage, PatchGrid grid, Halo halo)
    {
        var network = stage.Network;
        if (network.Patches is not null)
            throw new ArgumentException("The network has patches already.", nameof(stage));

        var split = network.Tensor(stage.Split);
        if (!Fits(grid, stage, halo))
            throw new ArgumentException("A grid of " + grid + " tiles does not fit " + split.Name + " " + split.Shape + ".", nameof(grid));

        var result = ImmutableArray.Create(new NetworkPort(split.Name, stage.Split, false, split.Shape));
        var branch = new PatchBranch(Part(network, stage.Layers, result, TensorsOf(network, stage.Layers, result)));
        var tailTensors = TensorsOf(network, stage.Tail, network.Outputs.AddRange(result));
        return Part(network, stage.Tail, network.Outputs, tailTensors) with
        {
            Patches = new PatchStage(
                tailTensors.IndexOf(stage.Split), grid, halo, ImmutableArray.Create(branch), Enumerable.Repeat(0, grid.Tiles).ToImmutableArray()),
        };
    }

    /// <summary>
    /// Gives a patched network more branches: the stages of networks that were cut at the same tensor, with feature maps of other bit widths.
    /// Branch 0 is the network's own, then one per other network.
    /// </summary>
    /// <param name="network">Its tail is used. It has one branch and recomputes halos.</param>
    /// <param name="others">Each with one branch. Their inputs and split tensors have the quantizers of the network's.</param>
    /// <param name="classes">The branch of every tile, row by row.</param>
    /// <param name="classifier">Dynamic classification, or null.</param>
    /// <exception cref="ArgumentException">The stages do not go together.</exception>
    public static QuantizedNetwork WithBranches(
        QuantizedNetwork network, IEnumerable<QuantizedNetwork> others, ImmutableArray<int> classes, PatchClassifier? classifier = null)
    {
        var stage = network.Patches ?? throw new ArgumentException("The network has no patch stage.", nameof(network));
        var branches = stage.Branches.AddRange(others.Select(other =>
            other.Patches?.Branches.Single() ?? throw new ArgumentException("A network has no patch stage.", nameof(others))));
        if (stage.Halo == Halo.Cache && branches.Length > 1)
            throw new ArgumentException("Tiles that read each other's caches cannot have different branches.", nameof(network));

        if (classes.Length != stage.Grid.Tiles || classes.Any(branch => branch < 0 || branch >= branches.Length))
            throw new ArgumentException("There must be one class per tile, each a branch.", nameof(classes));

        if (branches.Any(branch => !HasEnds(branch.Network, network, network.Inputs, stage.Output)))
            throw new ArgumentException("Inputs or split tensor of a branch differ from the network's.", nameof(others));

        return network with { Patches = stage with { Branches = branches, Classes = classes, Classifier = classifier } };
    }

    /// <summary>Whether a stage can be cut by a grid.</summary>
    internal static bool Fits(PatchGrid grid, SplitPoint stage, Halo halo)
    {
        var finest = PatchPlan.Finest(stage, halo);
        return grid.Rows >= 1 && grid.Rows <= finest.Rows && grid.Columns >= 1 && grid.Columns <= finest.Columns;
    }

    /// <summary>Whether a branch reads some tensors of a network, in their order, and writes the split tensor.</summary>
    internal static bool HasEnds(QuantizedNetwork branch, QuantizedNetwork network, ImmutableArray<NetworkPort> inputs, int split) =>
        branch.Inputs.Length == inputs.Length && branch.Outputs.Length == 1
            && branch.Inputs.Zip(inputs, (a, b) => a.Signed == b.Signed && Alike(branch.Tensor(a.Tensor), network.Tensor(b.Tensor))).All(same => same)
            && Alike(branch.Tensor(branch.Outputs[0].Tensor), network.Tensor(split));

    private static bool Alike(QuantizedTensor a, QuantizedTensor b) => a.Shape.Equals(b.Shape) && a.Quantizer == b.Quantizer;

    /// <summary>The network without tensors that neither layers nor ports name, the others numbered anew.</summary>
    internal static QuantizedNetwork Compact(QuantizedNetwork network)
    {
        var layers = Enumerable.Range(0, network.Layers.Length).ToArray();
        var outputs = network.Outputs;
        if (network.Patches is { } patches)
            outputs = outputs.Add(new NetworkPort(string.Empty, patches.Output, false, network.Tensor(patches.Output).Shape));

        var tensors = TensorsOf(network, layers, outputs);
        return Part(network, layers, network.Outputs, tensors) with
        {
            Patches = network.Patches is { } stage ? stage with { Output = tensors.IndexOf(stage.Output) } : null,
        };
    }

    /// <summary>Some layers of a network as a network of its own, with all its inputs.</summary>
    internal static QuantizedNetwork Part(
        QuantizedNetwork network, IEnumerable<int> layers, ImmutableArray<NetworkPort> outputs, ImmutableArray<int> tensors)
    {
        var indices = tensors.Select((tensor, index) => (tensor, index)).ToDictionary(pair => pair.tensor, pair => pair.index);
        NetworkPort Port(NetworkPort port) => port with { Tensor = indices[port.Tensor] };
        QuantizedLayer Layer(QuantizedLayer layer) =>
            layer with { Inputs = layer.Inputs.Select(input => indices[input]).ToImmutableArray(), Output = indices[layer.Output] };

        return network with
        {
            Tensors = tensors.Select(network.Tensor).ToImmutableArray(),
            Layers = layers.Select(layer => Layer(network.Layers[layer])).ToImmutableArray(),
            Inputs = network.Inputs.Select(Port).ToImmutableArray(),
            Outputs = outputs.Select(Port).ToImmutableArray(),
        };
    }

    /// <summary>The tensors of a part, in the order of the network: what its layers and ports name.</summary>
    internal static ImmutableArray<int> TensorsOf(QuantizedNetwork network, IEnumerable<int> layers, ImmutableArray<NetworkPort> outputs)
    {
        var used = new HashSet<int>(layers.SelectMany(layer => network.Layers[layer].Inputs.Add(network.Layers[layer].Output)));
        used.UnionWith(network.Inputs.Select(port => port.Tensor));
        used.UnionWith(outputs.Select(port => port.Tensor));
        return Enumerable.Range(0, network.Tensors.Length).Where(used.Contains).ToImmutableArray();
    }
}
