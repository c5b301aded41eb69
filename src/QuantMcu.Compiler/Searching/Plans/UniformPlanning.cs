using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>
/// Patches for a network whose bits are settled. Layer by layer unless patches are asked for, or the RAM budget cannot be met without. Under a
/// budget fused layers come first, which execute nothing twice; then the patch plan that executes least among those that fit.
/// </summary>
internal static class UniformPlanning
{
    /// <summary>Real arenas computed before giving up: the first plan whose live bytes fit nearly always does.</summary>
    private const int MostPlacements = 16;

    /// <summary>Patch plans behind which the tail is fused.</summary>
    private const int MostTails = 6;

    /// <exception cref="ModelException">QMCU4001: no plan fits. QMCU4003: the network cannot be cut as asked.</exception>
    public static (QuantizedNetwork Network, SearchReport Report) Run(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        bool wanted = options.Patches is { } grid && grid != PatchGrid.Whole;
        int layerwise = options.Ram is null && !wanted ? 0 : NetworkMemory.Plan(network, cancellation).TotalBytes;
        if (!wanted && (options.Ram is not { } allowed || layerwise <= allowed))
            return (network, new SearchReport { PatchReason = options.Patches is null ? "layer by layer: nothing demands patches" : "layer by layer, as asked" });

        var fused = options.Ram is null || wanted ? null : ArenaFitting.Fit(network, options, cancellation);
        if (fused is not null && (fused.Bytes <= options.Ram || options.Patches is not null))
            return fused.Bytes <= options.Ram ? (fused.Network, Report(fused, layerwise, options)) : throw TooSmall(fused.Memory, options.Ram!.Value, layerwise);

        var bits = network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        var plans = PlanCatalog.Price(PlanCatalog.Of(network, options.Patches, options.Halo, cancellation), bits, options.Target);
        if (plans.Count == 0)
        {
            string reason = RequirePlans(network, options);
            return fused is null ? (network, new SearchReport { PatchReason = reason }) : throw TooSmall(fused.Memory, options.Ram!.Value, layerwise);
        }

        long macs = network.Layers.Sum(layer => layer.Macs(network));
        var (chosen, result) = options.Ram is null
            ? Placed(PlanCatalog.Smallest(plans, macs)!, cancellation)
            : Fitting(plans, options, fused, layerwise, cancellation);
        return (result.Network, new SearchReport
        {
            PatchReason = chosen + ": " + Reason(result.Plan, layerwise, options),
            Plans = PlanCatalog.Front(plans).Append(chosen).Distinct().Select(plan => plan.Candidate(0, plan == chosen)).ToImmutableArray(),
        });
    }

    private static SearchReport Report(FittedNetwork fused, int layerwise, CompileOptions options) =>
        new() { PatchReason = ArenaFitting.Describe(fused.Plan) + ": nothing executed twice, to fit " + Budget(layerwise, options) };

    private static string Reason(ExecutionPlan tail, int layerwise, CompileOptions options) => options.Ram is null
        ? "the smallest arena that executes at most " + PlanCatalog.MacBound.ToString(CultureInfo.InvariantCulture) + " times the multiply-accumulates"
        : "the fewest multiply-accumulates that fit " + Budget(layerwise, options)
            + (tail.IsLayerByLayer ? string.Empty : "; of the rest " + ArenaFitting.Describe(tail));

    private static string Budget(int layerwise, CompileOptions options) =>
        "Ram = " + Number(options.Ram!.Value) + "; layer by layer needs " + Number(layerwise) + " bytes";

    /// <summary>Says that nothing can be cut; an error where the user asked for patches.</summary>
    public static string RequirePlans(QuantizedNetwork network, CompileOptions options)
    {
        if (options.Patches is { } grid && grid != PatchGrid.Whole)
            throw new ModelException(MemoryRules.NoPatches, network.Name, grid);

        return "layer by layer: no tensor can be cut into patches";
    }

    /// <param name="plans">What there is.</param>
    /// <param name="options">Ram is set.</param>
    /// <param name="fused">What fused layers alone reach, which is too much; null where patches are asked for.</param>
    /// <param name="layerwise">Bytes layer by layer.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    private static (PricedPlan Plan, FittedNetwork Result) Fitting(
        IReadOnlyList<PricedPlan> plans, CompileOptions options, FittedNetwork? fused, int layerwise, CancellationToken cancellation)
    {
        var smallest = plans.OrderBy(plan => plan.Bytes).ThenBy(plan => plan.Effort).First();
        var alone = plans.Where(plan => plan.Bytes <= options.Ram).OrderBy(plan => plan.Effort).ThenBy(plan => plan.Bytes).Take(MostPlacements)
            .Append(smallest).Select(plan => Placed(plan, cancellation));

        // Behind patches that are too large, the tail may be what is too large.
        var withTail = PlanCatalog.Front(plans).Reverse().Take(MostTails)
            .Select(plan => (plan, ArenaFitting.Fit(Split(plan), options, cancellation)));
        var least = fused;
        foreach (var (plan, result) in alone.Concat(withTail))
        {
            if (result.Bytes <= options.Ram)
                return (plan, result);
            if (least is null || result.Bytes < least.Bytes)
                least = result;
        }

        throw TooSmall(least!.Memory, options.Ram!.Value, layerwise);
    }

    private static QuantizedNetwork Split(PricedPlan plan) => NetworkSplitter.Split(plan.Plan.Stage, plan.Grid, plan.Plan.Halo);

    private static (PricedPlan Plan, FittedNetwork Result) Placed(PricedPlan plan, CancellationToken cancellation) =>
        (plan, FittedNetwork.Create(ExecutionPlan.LayerByLayer, Split(plan), cancellation));

    /// <summary>QMCU4001 for the smallest arena that any plan reaches.</summary>
    /// <param name="memory">That arena.</param>
    /// <param name="ram">The budget.</param>
    /// <param name="layerwise">What the network needs layer by layer, at the same bits.</param>
    public static ModelException TooSmall(NetworkMemoryPlan memory, int ram, int layerwise)
    {
        var arena = memory.Arena;
        var peak = arena.PeakSet.Take(8).Select(index => "'" + arena.Buffers[index].Name + "' (" + Number(arena.Buffers[index].Bytes) + " bytes)");
        string where = arena.PeakStep < 0 ? "nowhere" : "step " + Number(arena.PeakStep) + " (" + memory.Steps[arena.PeakStep].Name + ")";
        string how = layerwise > memory.TotalBytes ? ", with all that Patches and Halo allow (layer by layer it is " + Number(layerwise) + " bytes)" : string.Empty;
        return new ModelException(
            MemoryRules.RamBudget, memory.TotalBytes, memory.TotalBytes - ram, ram, where + how, string.Join(", ", peak));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
