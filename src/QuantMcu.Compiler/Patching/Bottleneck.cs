using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Patching;

/// <summary>A place in the order of execution where one tensor alone is alive.</summary>
/// <param name="Layer">Index of the layer that comes next; the number of layers at the end.</param>
/// <param name="Tensor">Index of the tensor.</param>
public sealed record Bottleneck(int Layer, int Tensor)
{
    /// <summary>
    /// Whether nothing runs before: the tensor is an input of the network. Layers from here on can be a patch stage, which takes the caller's input as
    /// it is.
    /// </summary>
    public bool IsStart(QuantizedNetwork network) =>
        Layer == 0 && network.Patches is null && network.Inputs.Any(port => port.Tensor == Tensor);

    /// <summary>All bottlenecks among a network's own layers, in order.</summary>
    public static ImmutableArray<Bottleneck> Of(QuantizedNetwork network)
    {
        var last = LastUses(network);
        var count = new int[network.Layers.Length + 1];
        var tensor = new int[network.Layers.Length + 1];
        void Lives(int index, int from)
        {
            for (int layer = from; layer <= last[index]; layer++)
            {
                count[layer]++;
                tensor[layer] = index;
            }
        }

        foreach (var port in network.Inputs)
            Lives(port.Tensor, 0);

        if (network.Patches is { } patches)
            Lives(patches.Output, 0);

        for (int layer = 0; layer < network.Layers.Length; layer++)
            Lives(network.Layers[layer].Output, layer + 1);

        return Enumerable.Range(0, count.Length).Where(layer => count[layer] == 1).Select(layer => new Bottleneck(layer, tensor[layer]))
            .ToImmutableArray();
    }

    /// <summary>The last layer that reads each tensor; the number of layers for an output; -1 for what nothing reads.</summary>
    private static int[] LastUses(QuantizedNetwork network)
    {
        var last = Enumerable.Repeat(-1, network.Tensors.Length).ToArray();
        for (int layer = 0; layer < network.Layers.Length; layer++)
        {
            foreach (int input in network.Layers[layer].Inputs)
                last[input] = layer;
        }

        foreach (var port in network.Outputs)
            last[port.Tensor] = network.Layers.Length;

        return last;
    }
}
