using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering;

/// <summary>
/// Decides which memory holds each tensor. The caller's inputs and outputs are used in place, a Reshape names the same bytes
/// again where its codes are packed alike before and after, and all else goes to the arena. Where that cannot be (a signed input is converted, one tensor is two outputs, an input
/// is returned as it is), the tensor keeps another place and the program copies.
/// </summary>
internal sealed class TensorStorage
{
    private readonly MemoryPart part;
    private readonly QuantizedNetwork network;
    private readonly int[] root;
    private readonly Dictionary<int, Storage> storage = new();
    private readonly List<int> arenaTensors = new();

    public TensorStorage(QuantizedNetwork network)
        : this(MemoryPart.Of(network), network.Patches?.Output)
    {
    }

    /// <param name="part">The layers whose tensors are placed.</param>
    /// <param name="split">The tensor that a patch stage writes before them, or null.</param>
    public TensorStorage(MemoryPart part, int? split)
    {
        this.part = part;
        network = part.Network;
        root = Roots(part);
        PlaceConstants();
        var imports = PlaceInputs();
        PlaceOutputs();
        if (split is { } tensor)
            ToArena(tensor);

        foreach (var layer in part.InOrder)
            ToArena(layer.Output);

        Imports = imports;
    }

    /// <summary>Inputs whose codes must be converted into the tensor's own storage before the first layer.</summary>
    public ImmutableArray<int> Imports { get; }

    /// <summary>The tensors that were given a buffer of the arena, by index of the buffer.</summary>
    public IReadOnlyList<int> ArenaTensors => arenaTensors;

    public Storage Of(int tensor) => storage[root[tensor]];

    /// <summary>A tensor and its reshapes have one root, where they are the same bytes.</summary>
    private static int[] Roots(MemoryPart part)
    {
        var root = Enumerable.Range(0, part.Network.Tensors.Length).ToArray();
        foreach (var reshape in part.InOrder.OfType<ReshapeLayer>().Where(reshape => part.SameBytes(reshape.Inputs[0], reshape.Output)))
            root[reshape.Output] = root[reshape.Inputs[0]];

        return root;
    }

    private void PlaceConstants()
    {
        for (int i = 0; i < network.Tensors.Length; i++)
        {
            if (network.Tensors[i].Constant is not null)
                storage[i] = new Storage(StorageKind.Constant, i);
        }
    }

    private ImmutableArray<int> PlaceInputs()
    {
        var imports = ImmutableArray.CreateBuilder<int>();
        for (int i = 0; i < network.Inputs.Length; i++)
        {
            int tensor = network.Inputs[i].Tensor;
            if (network.Inputs[i].Signed && IsRead(tensor))
            {
                ToArena(tensor);
                imports.Add(i);
            }
            else
            {
                storage[tensor] = new Storage(StorageKind.Input, i);
            }
        }

        return imports.ToImmutable();
    }

    private bool IsRead(int tensor) =>
        network.Outputs.Any(port => port.Tensor == tensor) || part.InOrder.Any(layer => layer.Inputs.Contains(tensor));

    private void PlaceOutputs()
    {
        for (int i = 0; i < network.Outputs.Length; i++)
        {
            int tensor = root[network.Outputs[i].Tensor];
            if (!storage.ContainsKey(tensor))
                storage[tensor] = new Storage(StorageKind.Output, i);
        }
    }

    private void ToArena(int tensor)
    {
        tensor = root[tensor];
        if (storage.ContainsKey(tensor))
            return;

        storage[tensor] = new Storage(StorageKind.Arena, arenaTensors.Count);
        arenaTensors.Add(tensor);
    }
}
