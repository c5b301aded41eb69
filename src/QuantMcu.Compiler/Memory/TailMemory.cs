using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Memory;

/// <summary>The buffers of a network's own layers (of a patched network: the split tensor and the tail), and their steps.</summary>
internal sealed class TailMemory
{
    private readonly MemoryPart part;
    private readonly MemoryTimeline timeline;
    private readonly TensorStorage storage;

    /// <summary>Adds the buffers; their indices are those that the storage names, so they must be the first of the timeline.</summary>
    public TailMemory(MemoryPart part, int? split, MemoryTimeline timeline)
    {
        this.part = part;
        this.timeline = timeline;
        storage = new TensorStorage(part, split);
        foreach (int tensor in storage.ArenaTensors)
            timeline.Buffer(part.Network.Tensor(tensor).Name, part.Bytes(tensor));
    }

    public ImmutableArray<int> Imports => storage.Imports;

    public Storage Of(int tensor) => storage.Of(tensor);

    /// <summary>The storage of every tensor, for a part that is a whole network.</summary>
    public ImmutableArray<Storage> Tensors => Enumerable.Range(0, part.Network.Tensors.Length).Select(Of).ToImmutableArray();

    /// <summary>Says that a tensor is in use at a step.</summary>
    public void Use(int tensor, int step)
    {
        if (Of(tensor) is { Kind: StorageKind.Arena } place)
            timeline.Use(place.Index, step);
    }

    /// <summary>Adds the steps of all layers.</summary>
    /// <param name="branches">Number of branches so far: the index of the first fused layer.</param>
    /// <returns>The memory of fused layers, in order.</returns>
    public ImmutableArray<BranchMemory> AddSteps(int branches)
    {
        var fused = ImmutableArray.CreateBuilder<BranchMemory>();
        foreach (int input in storage.Imports)
            Use(part.Network.Inputs[input].Tensor, timeline.Step(-1, -1, part.Network.Inputs[input].Name));

        foreach (int index in part.Layers)
        {
            var layer = part.Network.Layers[index];
            if (layer is FusedLayer several)
            {
                fused.Add(AddSteps(several, branches + fused.Count));
                continue;
            }

            bool moves = layer is not ReshapeLayer || Of(layer.Inputs[0]) != Of(layer.Output);
            if (moves && part.Network.Tensor(layer.Output).Elements > 0)
                AddStep(index, layer);
        }

        AddExports();
        return fused.ToImmutable();
    }

    /// <summary>What a fused layer reads and writes is whole while its tiles are computed.</summary>
    private BranchMemory AddSteps(FusedLayer layer, int branch)
    {
        int first = timeline.Now;
        var memory = StageMemory.Add(MemoryPart.Of(layer.Branch.Network), layer.Branch.Plan(layer.Grid, layer.Halo), branch, timeline);
        foreach (int tensor in layer.Inputs.Add(layer.Output))
        {
            Use(tensor, first);
            Use(tensor, timeline.Now - 1);
        }

        return memory;
    }

    private void AddStep(int index, QuantizedLayer layer)
    {
        int step = timeline.Step(-1, index, layer.Name);
        foreach (int tensor in layer.Inputs.Add(layer.Output))
            Use(tensor, step);

        foreach (int position in InPlace.Operands(layer, part))
        {
            if (Of(layer.Inputs[position]) is { Kind: StorageKind.Arena } source && Of(layer.Output) is { Kind: StorageKind.Arena } result)
                timeline.Allow(source.Index, result.Index);
        }
    }

    /// <summary>What is not where the caller wants it is copied at the end.</summary>
    private void AddExports()
    {
        for (int output = 0; output < part.Network.Outputs.Length; output++)
        {
            var port = part.Network.Outputs[output];
            if (Of(port.Tensor) != new Storage(StorageKind.Output, output) && part.Network.Tensor(port.Tensor).Elements > 0)
                Use(port.Tensor, timeline.Step(-1, -1, port.Name));
        }
    }
}
