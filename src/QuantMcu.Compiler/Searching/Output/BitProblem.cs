using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// The choice of all bit widths for one way to execute a network, as a knapsack problem. A group is a feature map with the weights of the
/// convolutions that read it: their cost is a product of both bits. Damages count from 8 bits and add up. (A product of two activations is
/// priced as if the second factor had 8 bits.)
/// </summary>
internal sealed class BitProblem
{
    private readonly SearchSubject subject;
    private readonly ExecutionGeometry geometry;
    private readonly Sensitivity sensitivity;
    private readonly CostModel costs;
    private readonly BitLimits limits;
    private readonly List<LiveStep> tightSteps;
    private readonly List<List<Choice>> choices = new();

    public BitProblem(ExecutionGeometry geometry, Sensitivity sensitivity, CostModel costs, BitLimits limits)
    {
        subject = geometry.Subject;
        this.geometry = geometry;
        this.sensitivity = sensitivity;
        this.costs = costs;
        this.limits = limits;

        // A step that fits at 8 bits always fits.
        var eight = subject.AllEight();
        tightSteps = limits.Ram is { } ram ? geometry.Steps.Where(step => step.Bytes(eight) > ram).ToList() : new List<LiveStep>();
        for (int map = 0; map < subject.Maps.Length; map++)
            choices.Add(ChoicesOf(map).ToList());
    }

    /// <summary>The cheapest bits within the limits; null where there are none.</summary>
    public BitChoice? Solve(CancellationToken cancellation)
    {
        var budgets = new List<double> { limits.Damage };
        if (limits.Flash is { } flash)
            budgets.Add(flash);
        foreach (var step in tightSteps)
            budgets.Add(limits.Ram!.Value - step.Live.Where(tensor => tensor.Map < 0).Sum(tensor => tensor.Bytes(8)));
        if (budgets.Any(budget => budget < 0))
            return null;

        var solution = MultipleChoiceKnapsack.Solve(choices.Select(OptionsOf).ToList(), budgets.ToArray(), cancellation);
        return solution is null ? null : Decode(solution);
    }

    private IReadOnlyList<MultipleChoiceKnapsack.Option> OptionsOf(List<Choice> group, int map) => group.Select(choice =>
    {
        var usage = new List<double> { choice.Damage };
        if (limits.Flash is not null)
            usage.Add(choice.Flash);
        foreach (var step in tightSteps)
            usage.Add(step.Live.Where(tensor => tensor.Map == map).Sum(tensor => tensor.Bytes(choice.MapBits)));
        return new MultipleChoiceKnapsack.Option(choice.Cost, usage.ToArray());
    }).ToList();

    private BitChoice Decode(MultipleChoiceKnapsack.Solution solution)
    {
        var mapBits = subject.AllEight();
        var weightBits = Enumerable.Repeat(8, subject.Convs.Length).ToArray();
        double damage = 0;
        for (int map = 0; map < choices.Count; map++)
        {
            var choice = choices[map][solution.Choices[map]];
            mapBits[map] = choice.MapBits;
            damage += choice.Damage;
            foreach (var (conv, bits) in choice.WeightBits)
                weightBits[conv] = bits;
        }

        return new BitChoice(geometry, mapBits, weightBits, solution.Cost + costs.OfTiles(geometry.TileMacs), damage, solution.IsOptimal);
    }

    private IEnumerable<Choice> ChoicesOf(int map)
    {
        var readers = Enumerable.Range(0, subject.Convs.Length)
            .Where(conv => subject.MapOf(subject.Convs[conv].Layer.Inputs[0]) == map).ToList();
        bool isFree = subject.Maps[map].IsFree && (!limits.StageOnly || IsOfStage(map));
        for (int candidate = 0; candidate < (isFree ? sensitivity.MapCandidates.Length : 1); candidate++)
        {
            int bits = sensitivity.MapCandidates[candidate];
            double damage = isFree ? Increase(sensitivity.OfMap[map], candidate) : 0;
            var partial = new List<Choice> { new(bits, Array.Empty<(int, int)>(), 0, damage, 0) };
            foreach (int conv in readers)
                partial = Undominated(partial.SelectMany(choice => WeightChoices(choice, conv))).ToList();

            foreach (var choice in partial)
                yield return choice;
        }
    }

    private IEnumerable<Choice> WeightChoices(Choice choice, int conv)
    {
        var weights = subject.Convs[conv];
        bool isFree = !weights.IsImported && (!limits.StageOnly || geometry.StageLayers.Contains(weights.Index));
        for (int candidate = 0; candidate < sensitivity.WeightCandidates.Length; candidate++)
        {
            int bits = sensitivity.WeightCandidates[candidate];
            if (candidate > 0 && (!isFree || bits < limits.LeastWeightBits))
                yield break;

            yield return choice with
            {
                WeightBits = choice.WeightBits.Append((conv, bits)).ToArray(),
                Cost = choice.Cost + costs.Of(weights.Layer, geometry.Macs[weights.Index], choice.MapBits, bits),
                Damage = choice.Damage + Increase(sensitivity.OfWeights[conv], candidate),
                Flash = choice.Flash + weights.Bytes(bits),
            };
        }
    }

    private bool IsOfStage(int map) => geometry.Plan is { } plan
        && plan.Stage.Layers.Any(layer => subject.MapOf(subject.Eight.Layers[layer].Output) == map);

    private static double Increase(double[] damages, int candidate) => Math.Max(0, damages[candidate] - damages[0]);

    private static IEnumerable<Choice> Undominated(IEnumerable<Choice> choices)
    {
        var kept = new List<Choice>();
        foreach (var choice in choices.OrderBy(choice => choice.Cost).ThenBy(choice => choice.Damage).ThenBy(choice => choice.Flash))
        {
            if (!kept.Any(other => other.Damage <= choice.Damage && other.Flash <= choice.Flash))
                kept.Add(choice);
        }

        return kept;
    }

    private sealed record Choice(int MapBits, (int Conv, int Bits)[] WeightBits, double Cost, double Damage, double Flash);
}

/// <summary>What bounds a choice of bits.</summary>
/// <param name="Damage">Sum of the damages beyond those of 8 bits.</param>
/// <param name="Ram">Live bytes at any step; null: no matter.</param>
/// <param name="Flash">Bytes of weights alone; null: no matter.</param>
/// <param name="LeastWeightBits">8, 4 or 2.</param>
/// <param name="StageOnly">8 bits behind the patch stage.</param>
internal sealed record BitLimits(double Damage, long? Ram, double? Flash, int LeastWeightBits, bool StageOnly);

/// <summary>Chosen bits.</summary>
/// <param name="Geometry">For this way to execute the network.</param>
/// <param name="MapBits">One per feature map.</param>
/// <param name="WeightBits">One per convolution.</param>
/// <param name="Cost">Predicted, in the units of the cost model.</param>
/// <param name="Damage">Predicted, beyond 8 bits.</param>
/// <param name="IsOptimal">Whether it is proved that nothing cheaper exists.</param>
internal sealed record BitChoice(
    ExecutionGeometry Geometry, int[] MapBits, int[] WeightBits, double Cost, double Damage, bool IsOptimal);
