using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>Fits a network to a RAM budget by what executes no multiplication twice: fused layers, slices of channels.</summary>
internal static class ArenaFitting
{
    /// <summary>Whether the user leaves layers to be fused: they keep halos, and they are patches.</summary>
    public static bool MayFuse(CompileOptions options) => options.Halo != Halo.Recompute && options.Patches != PatchGrid.Whole;

    /// <summary>Does no more than the budget asks for. Where it cannot be met: the smallest arena.</summary>
    /// <param name="network">Layer by layer, or with a patch stage: then its tail is fitted.</param>
    /// <param name="options">What the user allows. Ram is set.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    public static FittedNetwork Fit(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        FittedNetwork? smallest = null;
        foreach (int budget in new[] { options.Ram!.Value, 0 })
        {
            var plan = MayFuse(options)
                ? FusionPlanner.Plan(network, budget, cancellation)
                : ExecutionPlan.LayerByLayer with { Slices = ChannelSlicing.Fit(network, budget, NetworkMemory.LiveBytes(network)) };
            var fitted = FittedNetwork.Create(plan, network, cancellation);
            if (smallest is null || fitted.Bytes < smallest.Bytes)
                smallest = fitted;
            if (smallest.Bytes <= options.Ram)
                break;
        }

        return smallest!;
    }

    /// <summary>What was fused, in words.</summary>
    public static string Describe(ExecutionPlan plan)
    {
        var parts = new List<string>();
        if (plan.Stage is { } stage)
            parts.Add(new PricedPlan(stage, 0, 0).ToString());
        if (!plan.Fusions.IsEmpty)
            parts.Add(Count(plan.Fusions.Sum(fusion => fusion.Plan.Stage.Layers.Length), "layer", "fused into " + Count(plan.Fusions.Length, "group", "")));
        if (!plan.Slices.IsEmpty)
            parts.Add(Count(plan.Slices.Length, "convolution", "sliced"));

        return parts.Count == 0 ? "layer by layer" : string.Join(", ", parts);
    }

    private static string Count(int count, string noun, string what) =>
        (count.ToString(CultureInfo.InvariantCulture) + " " + noun + (count == 1 ? " " : "s ") + what).TrimEnd();
}

/// <summary>A network with the plan that it follows, and its memory.</summary>
internal sealed record FittedNetwork(ExecutionPlan Plan, QuantizedNetwork Network, NetworkMemoryPlan Memory)
{
    public int Bytes => Memory.TotalBytes;

    public static FittedNetwork Create(ExecutionPlan plan, QuantizedNetwork network, CancellationToken cancellation)
    {
        var planned = plan.Apply(network);
        return new FittedNetwork(plan, planned, NetworkMemory.Plan(planned, cancellation));
    }
}
