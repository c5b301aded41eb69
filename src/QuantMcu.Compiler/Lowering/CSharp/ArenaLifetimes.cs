using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// From steps to what the planner asks for: when every buffer lives and what may be overwritten.
/// </summary>
internal sealed class ArenaLifetimes
{
    private readonly ImmutableArray<Step> steps;

    public ArenaLifetimes(QuantizedNetwork network, TensorStorage storage, ImmutableArray<Step> steps)
    {
        this.steps = steps;
        Buffers = Tensors(network, storage).ToImmutableArray();
        InPlace = Pairs();
    }

    public ImmutableArray<ArenaBuffer> Buffers { get; }

    public ImmutableArray<InPlacePair> InPlace { get; }

    private List<ArenaBuffer> Tensors(QuantizedNetwork network, TensorStorage storage)
    {
        int count = storage.ArenaTensors.Count;
        var first = Enumerable.Repeat(-1, count).ToArray();
        var last = Enumerable.Repeat(-1, count).ToArray();
        for (int step = 0; step < steps.Length; step++)
        {
            foreach (var use in steps[step].Inputs.Add(steps[step].Output).Where(use => use.Kind == StorageKind.Arena))
            {
                first[use.Index] = first[use.Index] < 0 ? step : first[use.Index];
                last[use.Index] = step;
            }
        }

        var buffers = new List<ArenaBuffer>();
        for (int i = 0; i < count; i++)
        {
            var tensor = network.Tensor(storage.ArenaTensors[i]);
            bool used = first[i] >= 0;
            buffers.Add(new ArenaBuffer(tensor.Name, used ? tensor.Bytes : 0, used ? first[i] : 0, used ? last[i] : 0));
        }

        return buffers;
    }

    private ImmutableArray<InPlacePair> Pairs()
    {
        var pairs = ImmutableArray.CreateBuilder<InPlacePair>();
        foreach (var step in steps.Where(step => step.Output.Kind == StorageKind.Arena))
        {
            foreach (int position in step.Overwritable)
            {
                if (step.Inputs[position].Kind == StorageKind.Arena)
                    pairs.Add(new InPlacePair(step.Inputs[position].Index, step.Output.Index));
            }
        }

        return pairs.ToImmutable();
    }
}
