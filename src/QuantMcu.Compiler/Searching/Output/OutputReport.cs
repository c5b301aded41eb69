using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>Puts the decisions of an output-driven search into words.</summary>
internal sealed class OutputReport
{
    private readonly SearchSubject subject;
    private readonly Sensitivity sensitivity;
    private readonly BitChoice choice;
    private readonly int leastWeightBits;

    public OutputReport(SearchSubject subject, Sensitivity sensitivity, BitChoice choice, int leastWeightBits)
    {
        this.leastWeightBits = leastWeightBits;
        this.subject = subject;
        this.sensitivity = sensitivity;
        this.choice = choice;
    }

    /// <summary>The ways to execute the network that were compared, at the chosen bits.</summary>
    public ImmutableArray<PlanCandidate> Plans(IEnumerable<ExecutionGeometry> geometries, CostModel costs) => geometries.Select(geometry =>
    {
        int bytes = (int)geometry.Peak(choice.MapBits);
        double cost = Enumerable.Range(0, subject.Convs.Length).Sum(conv => Cost(geometry, costs, conv)) + costs.OfTiles(geometry.TileMacs);
        var candidate = geometry.Plan is { } plan
            ? new PricedPlan(plan, geometry.ExecutedMacs, bytes).Candidate(cost, geometry == choice.Geometry)
            : new PlanCandidate(string.Empty, Patching.PatchGrid.Whole, Halo.Recompute, geometry.ExecutedMacs, bytes, cost, geometry == choice.Geometry);
        return candidate with { Fused = geometry.Execution.Fusions.Length };
    }).ToImmutableArray();

    /// <summary>Maps of the patch stage, then of the tail; without patches all in one scope.</summary>
    public ImmutableArray<ScopeReport> Scopes()
    {
        var maps = Enumerable.Range(0, subject.Maps.Length);
        if (choice.Geometry.Plan is not { } plan)
            return ImmutableArray.Create(new ScopeReport("network", null, ImmutableArray<int>.Empty, maps.Select(Decision).ToImmutableArray()));

        var stage = new HashSet<int>(plan.Stage.Layers.Select(layer => subject.MapOf(subject.Eight.Layers[layer].Output)));
        var inputs = new HashSet<int>(subject.Eight.Inputs.Select(port => subject.MapOf(port.Tensor)));
        return ImmutableArray.Create(
            new ScopeReport(
                "branch 0", 0, Enumerable.Range(0, plan.Grid.Tiles).ToImmutableArray(),
                maps.Where(map => stage.Contains(map) || inputs.Contains(map)).Select(Decision).ToImmutableArray()),
            new ScopeReport(
                "tail", null, ImmutableArray<int>.Empty,
                maps.Where(map => !stage.Contains(map) && !inputs.Contains(map)).Select(Decision).ToImmutableArray()));
    }

    public ImmutableArray<WeightDecision> Weights() => subject.Convs.Select((conv, i) =>
    {
        int mapBits = subject.BitsOf(conv.Layer.Inputs[0], choice.MapBits);
        string reason = conv.IsImported ? "fixed: the model came with codes" : "least cost for the damage in all";
        return new WeightDecision(
            conv.Layer.Name, choice.WeightBits[i], reason,
            conv.IsImported ? ImmutableArray<CandidateScore>.Empty : Candidates(sensitivity.WeightCandidates, sensitivity.OfWeights[i], choice.Geometry.Macs[conv.Index] * mapBits, leastWeightBits));
    }).ToImmutableArray();

    private double Cost(ExecutionGeometry geometry, CostModel costs, int conv)
    {
        var weights = subject.Convs[conv];
        int mapBits = subject.BitsOf(weights.Layer.Inputs[0], choice.MapBits);
        return costs.Of(weights.Layer, geometry.Macs[weights.Index], mapBits, choice.WeightBits[conv]);
    }

    private MapDecision Decision(int map)
    {
        if (!subject.Maps[map].IsFree)
            return new MapDecision(subject.Maps[map].Value.Name, 8, "fixed: input, output or a quantizer of the model's own", ImmutableArray<CandidateScore>.Empty);

        long perBit = subject.Convs.Select((conv, i) => (conv, i)).Where(pair => subject.MapOf(pair.conv.Layer.Inputs[0]) == map)
            .Sum(pair => choice.Geometry.Macs[pair.conv.Index] * choice.WeightBits[pair.i]);
        return new MapDecision(
            subject.Maps[map].Value.Name, choice.MapBits[map], "least cost for the damage in all", Candidates(sensitivity.MapCandidates, sensitivity.OfMap[map], perBit));
    }

    private static ImmutableArray<CandidateScore> Candidates(int[] candidates, double[] damages, long bitOpsPerBit, int least = 2) => candidates
        .Where(bits => bits >= least).Select((bits, i) => new CandidateScore(bits, bitOpsPerBit * bits) { Damage = damages[i] }).ToImmutableArray();
}
