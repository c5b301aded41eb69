using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Memory;

/// <summary>Plans the memory of whole networks, patched or not.</summary>
public static class NetworkMemory
{
    /// <summary>Bytes. Sizes are exact, offsets are multiples of it, so that cores that like words get them.</summary>
    public const int Alignment = 4;

    /// <summary>Places everything that one inference writes.</summary>
    /// <exception cref="OverflowException">The network needs more than 2 GB.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static NetworkMemoryPlan Plan(QuantizedNetwork network, CancellationToken cancellation)
    {
        var timeline = new MemoryTimeline();
        var tail = new TailMemory(MemoryPart.Of(network), network.Patches?.Output, timeline);
        var branches = network.Patches is not { } stage
            ? ImmutableArray<BranchMemory>.Empty
            : stage.Branches.Select((branch, i) =>
                StageMemory.Add(MemoryPart.Of(branch.Network), branch.Plan(stage.Grid, stage.Halo), i, timeline)).ToImmutableArray();

        branches = branches.AddRange(Finish(tail, network.Patches?.Output, branches.Length, timeline));
        var arena = ArenaPlanner.Plan(timeline.Buffers, timeline.InPlace, Alignment, cancellation);
        return new NetworkMemoryPlan(arena, timeline.Steps.ToImmutableArray(), tail.Tensors, tail.Imports, branches);
    }

    /// <summary>
    /// <see cref="NetworkMemoryPlan.LowerBound"/> of the network cut as a plan says, without cutting it: for searches that look at many. A stage of
    /// several branches needs the most that any of them needs.
    /// </summary>
    /// <param name="plan">A plan for a network that has no patches.</param>
    /// <param name="bits">Bits of every tensor of that network.</param>
    public static int LowerBound(PatchPlan plan, IReadOnlyList<int> bits)
    {
        var stage = plan.Stage;
        var timeline = new MemoryTimeline();
        var tail = new TailMemory(new MemoryPart(stage.Network, stage.Tail.ToImmutableArray(), bits), stage.Split, timeline);
        StageMemory.Add(new MemoryPart(stage.Network, stage.Layers, bits), plan, 0, timeline);
        Finish(tail, stage.Split, 1, timeline);
        return Bound(timeline);
    }

    /// <summary><see cref="NetworkMemoryPlan.LowerBound"/> of a network that has no patches, with other bit widths than its own.</summary>
    public static int LowerBound(QuantizedNetwork network, IReadOnlyList<int> bits)
    {
        var timeline = new MemoryTimeline();
        var layers = new TailMemory(MemoryPart.Of(network) with { Bits = bits }, null, timeline);
        Finish(layers, null, 0, timeline);
        return Bound(timeline);
    }

    /// <summary>The split tensor fills up while the stage runs.</summary>
    private static ImmutableArray<BranchMemory> Finish(TailMemory tail, int? split, int branches, MemoryTimeline timeline)
    {
        if (split is { } tensor && timeline.Now > 0)
        {
            tail.Use(tensor, 0);
            tail.Use(tensor, timeline.Now - 1);
        }

        return tail.AddSteps(branches);
    }

    /// <summary>Bytes that are live while each of a network's own layers runs, aligned; 0 for one that moves nothing.</summary>
    internal static int[] LiveBytes(QuantizedNetwork network)
    {
        var timeline = new MemoryTimeline();
        Finish(new TailMemory(MemoryPart.Of(network), network.Patches?.Output, timeline), network.Patches?.Output, 0, timeline);
        var blocks = Blocks(timeline);
        var live = new int[network.Layers.Length];
        for (int step = 0; step < timeline.Now; step++)
        {
            if (timeline.Steps[step] is { Branch: < 0, Layer: >= 0 and var layer })
                live[layer] = blocks.Where(block => block.First <= step && step <= block.Last).Sum(block => block.Padded);
        }

        return live;
    }

    private static int Bound(MemoryTimeline timeline) => Peak.Of(Blocks(timeline)).Bytes;

    private static Block[] Blocks(MemoryTimeline timeline)
    {
        var buffers = timeline.Buffers;
        return SharedPlaces.Merge(buffers, timeline.InPlace).Select(group => Block.Of(group, buffers, Alignment)).ToArray();
    }
}
