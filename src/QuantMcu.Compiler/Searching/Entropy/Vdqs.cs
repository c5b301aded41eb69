using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>
/// VDQS, value-driven quantization search (QuantMCU, arXiv 2401.13714), for the feature maps of one branch or of the tail:
/// <code>
/// S(i, b) = -lambda * Omega(i, b) + (1 - lambda) * Phi(i, b)
/// Omega(i, b) = (H(i, 8) - H(i, b)) / H(i, 8)
/// Phi(i, b) = (BitOPs(i, 8) - BitOPs(i, b)) / BitOPs(i, 8) * share(i) / largest share
/// </code>
/// where share(i) is the part of the branch's BitOPs in the layers that read map i. Every map starts at 8 bits and takes its best score; then maps that
/// are live together are lowered, least loss of score first, in sweeps forward and backward until they fit the budget.
/// </summary>
internal sealed class Vdqs
{
    /// <summary>Chosen on data: docs/search.md has the curve.</summary>
    public const double DefaultLambda = 0.5;

    private static readonly int[] Candidates = { 8, 4, 2 };

    private readonly double lambda;
    private readonly IReadOnlyList<VdqsMap> maps;
    private readonly IReadOnlyList<LiveStep> steps;
    private readonly long? ram;
    private readonly int[] bits;
    private readonly double[][] scores;
    private readonly bool[] lowered;

    private Vdqs(double lambda, IReadOnlyList<VdqsMap> maps, IReadOnlyList<LiveStep> steps, int[] bits, long? ram)
    {
        this.lambda = lambda;
        this.maps = maps;
        this.steps = steps;
        this.ram = ram;
        this.bits = (int[])bits.Clone();
        double largest = maps.Select(map => (double)map.BitOps).DefaultIfEmpty(0).Max();
        scores = maps.Select(map => Candidates.Select((_, candidate) => Score(map, candidate, largest)).ToArray()).ToArray();
        lowered = new bool[maps.Count];
    }

    /// <summary>Searches.</summary>
    /// <param name="lambda">Weight of accuracy, 0 .. 1.</param>
    /// <param name="maps">What is to be decided, in execution order.</param>
    /// <param name="steps">What is live at every step.</param>
    /// <param name="bits">Bits of every feature map of the network; those of <paramref name="maps"/> are decided, the others settled.</param>
    /// <param name="ram">Bytes that may be live at any step; null: any number.</param>
    public static VdqsResult Search(double lambda, IReadOnlyList<VdqsMap> maps, IReadOnlyList<LiveStep> steps, int[] bits, long? ram)
    {
        var search = new Vdqs(lambda, maps, steps, bits, ram);
        search.TakeBestScores();
        return search.Result(search.Fit());
    }

    private double Score(VdqsMap map, int candidate, double largest)
    {
        double saved = 1 - (Candidates[candidate] / 8.0);
        double share = largest > 0 ? map.BitOps / largest : 0;
        return (-lambda * Omega(map, candidate)) + ((1 - lambda) * saved * share);
    }

    /// <summary>A map that is constant at 8 bits has nothing to lose.</summary>
    private static double Omega(VdqsMap map, int candidate) =>
        map.Entropies[0] > 0 ? Math.Max(0, (map.Entropies[0] - map.Entropies[candidate]) / map.Entropies[0]) : 0;

    private void TakeBestScores()
    {
        for (int i = 0; i < maps.Count; i++)
        {
            int best = 0;
            for (int candidate = 1; candidate < Candidates.Length && maps[i].IsFree; candidate++)
                best = scores[i][candidate] > scores[i][best] ? candidate : best;
            bits[maps[i].Map] = Candidates[best];
        }
    }

    private bool Fit()
    {
        for (bool forward = true, changed = true; changed; forward = !forward)
        {
            if (steps.All(Fits))
                return true;

            changed = false;
            foreach (int position in Enumerable.Range(0, maps.Count).Select(i => forward ? i : maps.Count - 1 - i))
                changed |= LowerAround(position);
        }

        return steps.All(Fits);
    }

    private bool Fits(LiveStep step) => ram is not { } allowed || step.Bytes(bits) <= allowed;

    /// <summary>Lowers one of the maps that are live with this one where they do not fit: the one whose score falls least.</summary>
    private bool LowerAround(int position)
    {
        int map = maps[position].Map;
        var tight = steps.FirstOrDefault(step => !Fits(step) && step.Live.Any(tensor => tensor.Map == map));
        if (tight is null)
            return false;

        int best = -1;
        for (int i = 0; i < maps.Count; i++)
        {
            if (CanBeLowered(i) && tight.Live.Any(tensor => tensor.Map == maps[i].Map) && (best < 0 || Loss(i) < Loss(best)))
                best = i;
        }

        if (best < 0)
            return false;

        bits[maps[best].Map] /= 2;
        lowered[best] = true;
        return true;
    }

    private bool CanBeLowered(int index) => maps[index].IsFree && bits[maps[index].Map] > 2;

    private double Loss(int index)
    {
        int candidate = Array.IndexOf(Candidates, bits[maps[index].Map]);
        return scores[index][candidate] - scores[index][candidate + 1];
    }

    private VdqsResult Result(bool fits)
    {
        var smallest = (int[])bits.Clone();
        foreach (var map in maps.Where(map => map.IsFree))
            smallest[map.Map] = 2;

        return new VdqsResult(bits, maps.Select(Decision).ToList(), fits, steps.Select(step => step.Bytes(smallest)).DefaultIfEmpty(0).Max());
    }

    private MapDecision Decision(VdqsMap map, int index)
    {
        string reason = !map.IsFree ? "fixed: input, output, split tensor or a quantizer of the model's own"
            : lowered[index] ? "lowered to fit Ram"
            : "best score";
        var candidates = Candidates.Select((candidate, i) => new CandidateScore(candidate, map.BitOps * candidate / 8)
        {
            Score = scores[index][i],
            Entropy = map.Entropies[i],
            Omega = Omega(map, i),
            Phi = lambda < 1 ? (scores[index][i] + (lambda * Omega(map, i))) / (1 - lambda) : null,
        });
        return new MapDecision(
            map.Name, bits[map.Map], reason,
            map.IsFree ? System.Collections.Immutable.ImmutableArray.CreateRange(candidates) : System.Collections.Immutable.ImmutableArray<CandidateScore>.Empty);
    }
}

/// <summary>A feature map as VDQS sees it.</summary>
/// <param name="Map">Index into the feature maps of the network.</param>
/// <param name="Name">For reports.</param>
/// <param name="IsFree">Whether it may have fewer than 8 bits.</param>
/// <param name="Entropies">H(i, b) for b = 8, 4, 2.</param>
/// <param name="BitOps">Of the layers that read it, in this branch, with the map at 8 bits.</param>
internal sealed record VdqsMap(int Map, string Name, bool IsFree, double[] Entropies, long BitOps);

/// <param name="Bits">Of every feature map of the network.</param>
/// <param name="Decisions">One per map that was to be decided.</param>
/// <param name="Fits">Whether the budget holds.</param>
/// <param name="SmallestBytes">Live bytes at the peak with all of them at 2 bits: the smallest feasible budget.</param>
internal sealed record VdqsResult(int[] Bits, IReadOnlyList<MapDecision> Decisions, bool Fits, long SmallestBytes);
