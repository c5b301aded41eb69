using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reports;

/// <summary>What each step of a memory plan does, in words of our own.</summary>
internal static class MemoryChart
{
    public static ImmutableArray<MemoryStepFigures> Steps(QuantizedNetwork network, NetworkMemoryPlan plan) =>
        plan.Steps.Select(step => new MemoryStepFigures(step.Branch < 0 ? null : step.Branch, Title(network, step))).ToImmutableArray();

    private static string Title(QuantizedNetwork network, MemoryStep step)
    {
        if (step.Layer < 0)
            return "convert " + step.Name;

        var part = step.Branch < 0 ? network : network.Patches!.Branches[step.Branch].Network;
        var layer = part.Layers[step.Layer];
        return layer.Operator + " " + NetworkFigures.ShapeText(part.Tensor(layer.Output).Shape);
    }
}
