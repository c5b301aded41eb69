using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>Collects steps, and buffers with the steps that use them.</summary>
internal sealed class MemoryTimeline
{
    private readonly List<MemoryStep> steps = new();
    private readonly List<ArenaBuffer> buffers = new();
    private readonly List<InPlacePair> inPlace = new();

    public IReadOnlyList<MemoryStep> Steps => steps;

    /// <summary>A buffer that no step uses has no bytes.</summary>
    public ImmutableArray<ArenaBuffer> Buffers => buffers
        .Select(buffer => buffer.FirstStep < 0 ? buffer with { Bytes = 0, FirstStep = 0, LastStep = 0 } : buffer).ToImmutableArray();

    public ImmutableArray<InPlacePair> InPlace => inPlace.ToImmutableArray();

    /// <summary>Number of steps so far: the index of the next.</summary>
    public int Now => steps.Count;

    public int Step(int branch, int layer, string name)
    {
        steps.Add(new MemoryStep(branch, layer, name));
        return steps.Count - 1;
    }

    public int Buffer(string name, int bytes)
    {
        buffers.Add(new ArenaBuffer(name, bytes, -1, -1));
        return buffers.Count - 1;
    }

    /// <summary>The buffer lives at a step, and between it and those that used it before.</summary>
    public void Use(int buffer, int step)
    {
        var used = buffers[buffer];
        buffers[buffer] = used with { FirstStep = used.FirstStep < 0 ? step : used.FirstStep, LastStep = step };
    }

    /// <summary>What writes one buffer may write over the other.</summary>
    public void Allow(int source, int result) => inPlace.Add(new InPlacePair(source, result));
}
