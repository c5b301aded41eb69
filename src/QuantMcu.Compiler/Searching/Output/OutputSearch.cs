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
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Search = Output. Damages of single choices are measured, combined exactly under the budgets for every way to execute the network that is worth
/// a look, and the cheapest result is built and measured; where that misses what is allowed, the budget of damage is corrected and the choice repeated.
/// </summary>
internal sealed class OutputSearch
{
    /// <summary>Expected loss of top-1 accuracy beyond that of 8 bits; docs/search.md has the figures that chose it.</summary>
    public const double DefaultMaxDamage = 0.005;

    /// <summary>The first budget, in divergence per allowed loss.</summary>
    private const double FirstBudget = 1;

    /// <summary>More than any network reaches that is worth having.</summary>
    private const double MostDivergence = 1e3;

    /// <summary>Fewest bits of weights unless the user allows fewer: 2-bit weights rarely pay, and a third of the passes is saved.</summary>
    public const int DefaultWeightBits = 4;

    /// <summary>Networks that are built and measured; of large ones fewer.</summary>
    private const int MostRounds = 6, MostRoundsOfLarge = 3;

    /// <summary>A choice that uses so much of what is allowed is good enough.</summary>
    private const double Enough = 0.75;

    private const long LargeNetwork = 100_000_000;
    private const int MostGeometries = 24;

    /// <summary>Over the RAM budget: what fused layers may need at 8 bits.</summary>
    private static readonly double[] FusionBudgets = { 2, 1.5, 1.25, 1, 0 };
    private const int BudgetSteps = 14;

    private readonly SearchSubject subject;
    private readonly IProgress<CompileProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly CostModel costs;
    private readonly int leastWeightBits;
    private readonly double maxDamage;
    private readonly Sensitivity sensitivity;
    private readonly IReadOnlyList<ExecutionGeometry> geometries;
    private readonly List<string> log = new();

    private OutputSearch(
        SearchSubject subject, SensitivityCache? known, int threads, IProgress<CompileProgress>? progress, CancellationToken cancellation)
    {
        this.subject = subject;
        this.progress = progress;
        this.cancellation = cancellation;
        var options = subject.Options;
        costs = CostModel.For(options.Target);
        leastWeightBits = options.WeightBits ?? DefaultWeightBits;
        maxDamage = options.MaxDamage ?? DefaultMaxDamage;
        geometries = Geometries();
        sensitivity = (known ?? new SensitivityCache()).Of(
            leastWeightBits, costs.GainsBySmallCodes, subject.HoldsOut,
            () => Sensitivity.Measure(subject, leastWeightBits, costs.GainsBySmallCodes, threads, progress, cancellation));
        log.Add(Text($"{sensitivity.Samples} samples, {sensitivity.Macs / 1e9:f1} G multiply-accumulates of forward passes; cost in {costs.Unit}"));
    }

    /// <summary>Searches and builds.</summary>
    /// <param name="subject">The network, with samples.</param>
    /// <param name="known">Keeps what was measured for other options; null: nothing is kept.</param>
    /// <param name="threads">Workers; the result does not depend on it.</param>
    /// <param name="warnings">Takes the quantizer's findings.</param>
    /// <param name="progress">Told of samples and rounds.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <exception cref="ModelException">A budget cannot be met.</exception>
    public static (QuantizedNetwork Network, SearchReport Report) Run(
        SearchSubject subject,
        SensitivityCache? known,
        int threads,
        ICollection<Diagnostic> warnings,
        IProgress<CompileProgress>? progress,
        CancellationToken cancellation) => new OutputSearch(subject, known, threads, progress, cancellation).Run(threads, warnings);

    private (QuantizedNetwork Network, SearchReport Report) Run(int threads, ICollection<Diagnostic> warnings)
    {
        RequireFlash();
        var damage = new IntegerDamage(subject, threads, cancellation);
        var eight = damage.Of(Quantize(subject.AllEight(), Enumerable.Repeat(8, subject.Convs.Length).ToArray()));
        log.Add(Text($"8 bits throughout: divergence {eight.Divergence:g3}, expected loss {eight.Loss:g3} on {damage.Samples} samples; at most {maxDamage:g3} more is allowed"));

        Finished? best = null, least = null;
        long? ram = subject.Options.Ram;
        var budget = new DamageBudget(Feasible(ram), maxDamage);
        int rounds = subject.Eight.Layers.Sum(layer => layer.Macs(subject.Eight)) > LargeNetwork ? MostRoundsOfLarge : MostRounds;
        for (int round = 0; round < rounds; round++)
        {
            progress?.Report(new CompileProgress(CompileStages.Searching, round, rounds));
            if (Cheapest(budget.Next, ram) is not { } choice)
            {
                budget.Raise();
                continue;
            }

            var found = Finish(choice, damage, eight, budget.Next);
            if (found.Arena > subject.Options.Ram)
            {
                ram -= found.Arena - subject.Options.Ram!.Value;
                continue;
            }

            if (found.Measured <= maxDamage && (best is null || choice.Cost < best.Choice.Cost))
                best = found;
            if (least is null || found.Measured < least.Measured)
                least = found;
            if (found.Measured <= maxDamage && (found.Measured >= Enough * maxDamage || choice.Damage == 0) || budget.Next == 0)
                break;
            budget.Learn(found.Measured);
        }

        if (best is null && least is not null)
        {
            log.Add(Text($"no choice within the budgets keeps the loss that is allowed: the least, {least.Measured:g3}, is taken"));
            warnings.Add(Diagnostic.Create(MemoryRules.BudgetsCostAccuracy, Percent(least.Measured), Percent(maxDamage)));
        }

        best ??= least ?? throw NoBudget();
        foreach (var warning in best.Warnings)
            warnings.Add(warning);
        return (best.Network, Report(best));
    }

    /// <summary>A first budget of divergence with which anything fits.</summary>
    private double Feasible(long? ram)
    {
        double budget = FirstBudget * maxDamage;
        while (Cheapest(budget, ram) is null)
        {
            budget = budget == 0 ? 1e-4 : budget * 4;
            if (budget > MostDivergence)
                throw NoBudget();
        }

        return budget;
    }

    private BitChoice? Cheapest(double damage, long? ram)
    {
        BitChoice? best = null;
        foreach (var geometry in geometries)
        {
            var limits = new BitLimits(damage, ram, WeightBudget(), leastWeightBits, subject.Options.StageOnly);
            if (new BitProblem(geometry, sensitivity, costs, limits).Solve(cancellation) is { } choice && (best is null || choice.Cost < best.Cost))
                best = choice;
        }

        return best;
    }

    private Finished Finish(BitChoice choice, IntegerDamage damage, MeasuredDamage eight, double budget)
    {
        var warnings = new List<Diagnostic>();
        var assembler = new NetworkAssembler(subject, warnings, cancellation);
        var quantized = assembler.Quantize(choice.MapBits, choice.WeightBits);
        var network = assembler.Arrange(quantized, choice.Geometry.Execution);
        int arena = NetworkMemory.Plan(network, cancellation).TotalBytes;

        // Layer by layer the codes are the same, and sooner there.
        var measured = damage.Of(quantized.Network);
        double loss = measured.Loss - eight.Loss;
        log.Add(Text(
            $"{NameOf(choice.Geometry)}: cost {choice.Cost:g4}{(choice.IsOptimal ? string.Empty : " (not proved least)")}, arena {arena} bytes, divergence predicted {choice.Damage:g3} of {budget:g3}, measured {measured.Divergence - eight.Divergence:g3}; expected loss {loss:g3}"));
        return new Finished(choice, network, arena, loss, warnings);
    }

    private QuantizedNetwork Quantize(int[] mapBits, int[] weightBits) =>
        new NetworkAssembler(subject, new List<Diagnostic>(), cancellation).Quantize(mapBits, weightBits).Network;

    /// <summary>Layer by layer, and the plans that nothing else beats in both operations and bytes; patches only if asked for or demanded.</summary>
    private IReadOnlyList<ExecutionGeometry> Geometries()
    {
        var options = subject.Options;
        var whole = ExecutionGeometry.LayerByLayer(subject);
        bool wanted = options.Patches is { } grid && grid != PatchGrid.Whole;
        bool needed = options.Patches is null && options.Ram is { } ram && whole.Peak(subject.AllEight()) > ram;
        if (!wanted && !needed)
            return new[] { whole };

        var bits = subject.Eight.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        var plans = PlanCatalog.Price(PlanCatalog.Of(subject.Eight, options.Patches, options.Halo, cancellation), bits, options.Target)
            .Where(plan => subject.ValueOf(plan.Plan.Stage.Split) is not null).ToList();
        if (plans.Count == 0)
            UniformPlanning.RequirePlans(subject.Eight, options);

        var chosen = plans.Count == 0 ? Array.Empty<PricedPlan>()
            : options.Ram is null ? new[] { PlanCatalog.Smallest(plans, whole.ExecutedMacs)! }
            : Thin(PlanCatalog.Front(plans));
        var patched = chosen.Select(plan => ExecutionGeometry.Patched(subject, plan.Plan));
        return wanted ? patched.ToList() : patched.Prepend(whole).Concat(Fused(whole)).ToList();
    }

    /// <summary>
    /// Fused layers and slices of channels as they are chosen at 8 bits, for the budget and for some that are larger: fewer bits do the rest. The last
    /// is the smallest that there is.
    /// </summary>
    private IEnumerable<ExecutionGeometry> Fused(ExecutionGeometry whole)
    {
        if (!ArenaFitting.MayFuse(subject.Options))
            return Array.Empty<ExecutionGeometry>();

        long peak = whole.Peak(subject.AllEight());
        return FusionBudgets.Select(factor => factor * subject.Options.Ram!.Value).Where(budget => budget < peak)
            .Select(budget => FusionPlanner.Plan(subject.Eight, (int)budget, cancellation))
            .Where(plan => !plan.IsLayerByLayer && NetworkAssembler.CanArrange(subject, plan))
            .Select(plan => ExecutionGeometry.Create(subject, plan)).ToList();
    }

    private static IEnumerable<PricedPlan> Thin(IReadOnlyList<PricedPlan> front) => front.Count <= MostGeometries
        ? front
        : Enumerable.Range(0, MostGeometries).Select(i => front[(int)((long)i * (front.Count - 1) / (MostGeometries - 1))]).Distinct();

    /// <summary>Bytes left for the codes of weights; biases, multipliers and tables are fixed.</summary>
    private double? WeightBudget() => subject.Options.Flash - FixedFlash();

    private long FixedFlash() =>
        subject.Eight.Layers.Sum(layer => (long)layer.FlashBytes) - subject.Convs.Sum(conv => conv.Bytes(8))
        + subject.Eight.Tensors.Sum(tensor => (long)(tensor.Constant?.Length ?? 0));

    private void RequireFlash()
    {
        if (subject.Options.Flash is not { } flash)
            return;

        long least = FixedFlash() + subject.Convs.Sum(conv => conv.Bytes(conv.IsImported ? 8 : leastWeightBits));
        if (least <= flash)
            return;

        var largest = subject.Convs.OrderByDescending(conv => conv.Bytes(leastWeightBits)).Take(8)
            .Select(conv => "'" + conv.Layer.Name + "' (" + conv.Bytes(leastWeightBits).ToString(CultureInfo.InvariantCulture) + " bytes)");
        throw new ModelException(MemoryRules.FlashBudget, least, least - flash, flash, string.Join(", ", largest));
    }

    /// <summary>QMCU4001 with the smallest budget that has a solution, found by bisection.</summary>
    private ModelException NoBudget()
    {
        long low = subject.Options.Ram ?? 0, high = geometries.Max(geometry => geometry.Peak(subject.AllEight()));
        for (int step = 0; step < BudgetSteps && high - low > 64; step++)
        {
            long middle = (low + high) / 2;
            (low, high) = Cheapest(MostDivergence, middle) is null ? (middle, high) : (low, middle);
        }

        var choice = Cheapest(MostDivergence, high);
        if (choice is null)
            return new ModelException(MemoryRules.FlashBudget, FixedFlash(), 0, subject.Options.Flash ?? 0, "all at 8 bits");

        var assembler = new NetworkAssembler(subject, new List<Diagnostic>(), cancellation);
        var memory = NetworkMemory.Plan(
            assembler.Arrange(assembler.Quantize(choice.MapBits, choice.WeightBits), choice.Geometry.Execution), cancellation);
        return UniformPlanning.TooSmall(memory, subject.Options.Ram ?? 0, memory.TotalBytes);
    }

    private static string NameOf(ExecutionGeometry geometry) => ArenaFitting.Describe(geometry.Execution);

    private SearchReport Report(Finished best)
    {
        var writer = new OutputReport(subject, sensitivity, best.Choice, leastWeightBits);
        return new SearchReport
        {
            Method = Search.Output,
            PatchReason = NameOf(best.Choice.Geometry) + ": the least predicted cost within the budgets",
            Plans = writer.Plans(geometries, costs),
            Scopes = writer.Scopes(),
            Weights = writer.Weights(),
            PredictedDamage = best.Choice.Damage,
            MeasuredDamage = best.Measured,
            MaxDamage = maxDamage,
            SearchMacs = sensitivity.Macs,
            Log = log.ToImmutableArray(),
        };
    }

    private static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Measured">Expected loss of the integer network beyond that of 8 bits.</param>
    private sealed record Finished(BitChoice Choice, QuantizedNetwork Network, int Arena, double Measured, IReadOnlyList<Diagnostic> Warnings);
}
