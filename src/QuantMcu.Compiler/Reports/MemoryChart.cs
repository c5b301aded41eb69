using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reports;

/// <summary>What each step of a memory plan does, in words of our own.</summary>
internal static class MemoryChart
{
    public static ImmutableArray<MemoryStepFigures> Steps(QuantizedNetwork network, NetworkMemoryPlan plan) =>
        plan.Steps.Select(step => new MemoryStepFigures(BranchOf(network, step), Title(network, plan, step))).ToImmutableArray();

    /// <summary>Fused layers are no branches of the patch stage: they always run.</summary>
    private static int? BranchOf(QuantizedNetwork network, MemoryStep step) =>
        step.Branch >= 0 && step.Branch < (network.Patches?.Branches.Length ?? 0) ? step.Branch : null;

    private static string Title(QuantizedNetwork network, NetworkMemoryPlan plan, MemoryStep step)
    {
        if (step.Layer < 0)
            return "convert " + step.Name;

        var part = step.Branch < 0 ? network : plan.Branches[step.Branch].Plan.Stage.Network;
        var layer = part.Layers[step.Layer];
        string title = layer.Operator + " " + NetworkFigures.ShapeText(part.Tensor(layer.Output).Shape);
        return step.Branch >= 0 && BranchOf(network, step) is null ? title + ", fused" : title;
    }
}
