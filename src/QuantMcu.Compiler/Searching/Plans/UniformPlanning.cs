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
/// Patches for a network whose bits are settled. Layer by layer unless patches are asked for, or the RAM budget cannot be met without; then the
/// plan that executes least among those that fit.
/// </summary>
internal static class UniformPlanning
{
    /// <summary>Real arenas computed before giving up: the first plan whose live bytes fit nearly always does.</summary>
    private const int MostPlacements = 16;

    /// <exception cref="ModelException">QMCU4001: no plan fits. QMCU4003: the network cannot be cut as asked.</exception>
    public static (QuantizedNetwork Network, SearchReport Report) Run(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        bool wanted = options.Patches is { } grid && grid != PatchGrid.Whole;
        int layerwise = options.Ram is null && !wanted ? 0 : NetworkMemory.Plan(network, cancellation).TotalBytes;
        if (!wanted && (options.Patches is not null || options.Ram is not { } allowed || layerwise <= allowed))
            return (network, new SearchReport { PatchReason = options.Patches is null ? "layer by layer: nothing demands patches" : "layer by layer, as asked" });

        var bits = network.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        var plans = PlanCatalog.Price(PlanCatalog.Of(network, options.Patches, options.Halo, cancellation), bits);
        if (plans.Count == 0)
            return (network, new SearchReport { PatchReason = RequirePlans(network, options) });

        long macs = network.Layers.Sum(layer => layer.Macs(network));
        var chosen = options.Ram is { } ram ? Fitting(plans, ram, layerwise, cancellation) : PlanCatalog.Smallest(plans, macs)!;
        string reason = options.Ram is null
            ? "the smallest arena that executes at most " + PlanCatalog.MacBound.ToString(CultureInfo.InvariantCulture) + " times the multiply-accumulates"
            : "the fewest multiply-accumulates that fit Ram = " + Number(options.Ram.Value) + "; layer by layer needs " + Number(layerwise) + " bytes";
        var report = new SearchReport
        {
            PatchReason = chosen + ": " + reason,
            Plans = PlanCatalog.Front(plans).Select(plan => plan.Candidate(0, plan == chosen)).ToImmutableArray(),
        };
        return (NetworkSplitter.Split(chosen.Plan.Stage, chosen.Grid, chosen.Plan.Halo), report);
    }

    /// <summary>Says that nothing can be cut; an error where the user asked for patches.</summary>
    public static string RequirePlans(QuantizedNetwork network, CompileOptions options)
    {
        if (options.Patches is { } grid && grid != PatchGrid.Whole)
            throw new ModelException(MemoryRules.NoPatches, network.Name, grid);

        return "layer by layer: no tensor can be cut into patches";
    }

    private static PricedPlan Fitting(IReadOnlyList<PricedPlan> plans, int ram, int layerwise, CancellationToken cancellation)
    {
        var fitting = plans.Where(plan => plan.Bytes <= ram).OrderBy(plan => plan.Macs).ThenBy(plan => plan.Bytes).Take(MostPlacements);
        foreach (var plan in fitting)
        {
            if (Place(plan, cancellation).TotalBytes <= ram)
                return plan;
        }

        var smallest = plans.OrderBy(plan => plan.Bytes).ThenBy(plan => plan.Macs).First();
        var memory = Place(smallest, cancellation);
        throw TooSmall(memory, ram, layerwise);
    }

    private static NetworkMemoryPlan Place(PricedPlan plan, CancellationToken cancellation) =>
        NetworkMemory.Plan(NetworkSplitter.Split(plan.Plan.Stage, plan.Grid, plan.Plan.Halo), cancellation);

    /// <summary>QMCU4001 for the smallest arena that any plan reaches.</summary>
    /// <param name="memory">That arena.</param>
    /// <param name="ram">The budget.</param>
    /// <param name="layerwise">What the network needs layer by layer, at the same bits.</param>
    public static ModelException TooSmall(NetworkMemoryPlan memory, int ram, int layerwise)
    {
        var arena = memory.Arena;
        var peak = arena.PeakSet.Take(8).Select(index => "'" + arena.Buffers[index].Name + "' (" + Number(arena.Buffers[index].Bytes) + " bytes)");
        string where = arena.PeakStep < 0 ? "nowhere" : "step " + Number(arena.PeakStep) + " (" + memory.Steps[arena.PeakStep].Name + ")";
        string how = layerwise > memory.TotalBytes ? ", with patches (layer by layer it is " + Number(layerwise) + " bytes)" : string.Empty;
        return new ModelException(
            MemoryRules.RamBudget, memory.TotalBytes, memory.TotalBytes - ram, ram, where + how, string.Join(", ", peak));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
