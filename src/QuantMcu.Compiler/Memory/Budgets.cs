using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Memory;

/// <summary>Compares what a compiled network needs with what the user allows.</summary>
public static class Budgets
{
    private const int LargestNamed = 8;

    /// <param name="plan">The arena.</param>
    /// <param name="budget">Bytes allowed, or null.</param>
    /// <param name="steps">What each step does, for people.</param>
    /// <exception cref="ModelException">
    /// QMCU4001: says by how much the budget is missed, what the peak is, and what would do.
    /// </exception>
    public static void CheckRam(ArenaPlan plan, int? budget, IReadOnlyList<string> steps)
    {
        if (budget is not { } allowed || plan.TotalBytes <= allowed)
            return;

        var peak = plan.PeakSet.Select(index => plan.Buffers[index]).Select(buffer => Sized(buffer.Name, buffer.Bytes));
        throw new ModelException(
            MemoryRules.RamBudget, plan.TotalBytes, plan.TotalBytes - allowed, allowed,
            "step " + Number(plan.PeakStep) + " (" + steps[plan.PeakStep] + ")", Some(peak));
    }

    /// <param name="network">Whose weights are counted.</param>
    /// <param name="weightBytes">All its read-only data.</param>
    /// <param name="budget">Bytes allowed, or null.</param>
    /// <exception cref="ModelException">QMCU4002.</exception>
    public static void CheckFlash(QuantizedNetwork network, int weightBytes, int? budget)
    {
        if (budget is not { } allowed || weightBytes <= allowed)
            return;

        var layers = network.Patches is { } stage ? stage.Branches[0].Network.Layers.AddRange(network.Layers) : network.Layers;
        var largest = layers.OrderByDescending(layer => layer.FlashBytes).Where(layer => layer.FlashBytes > 0)
            .Select(layer => Sized(layer.Name, layer.FlashBytes));
        throw new ModelException(MemoryRules.FlashBudget, weightBytes, weightBytes - allowed, allowed, Some(largest));
    }

    private static string Sized(string name, int bytes) => "'" + name + "' (" + Number(bytes) + " bytes)";

    private static string Some(IEnumerable<string> parts) => string.Join(", ", parts.Take(LargestNamed));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
