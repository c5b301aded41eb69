using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>
/// Search = Entropy: QuantMCU as published. A patch plan, VDPC over its tiles, VDQS for every tile that holds no outliers and for the tail.
/// </summary>
internal sealed class EntropySearch
{
    private static readonly int[] Candidates = { 8, 4, 2 };

    private readonly SearchSubject subject;
    private readonly int threads;
    private readonly IProgress<CompileProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly double lambda;
    private readonly int[] weightBits;
    private readonly NetworkAssembler assembler;
    private readonly List<string> log = new();
    private readonly List<ScopeReport> scopes = new();
    private readonly Dictionary<int, double[]> wholeEntropies = new();

    private EntropySearch(SearchSubject subject, int threads, ICollection<Diagnostic> warnings, IProgress<CompileProgress>? progress,
        CancellationToken cancellation)
    {
        this.subject = subject;
        this.threads = threads;
        this.progress = progress;
        this.cancellation = cancellation;
        lambda = subject.Options.Lambda ?? Vdqs.DefaultLambda;
        weightBits = subject.Convs.Select(conv => conv.IsImported ? 8 : subject.Options.WeightBits ?? 8).ToArray();
        assembler = new NetworkAssembler(subject, warnings, cancellation);
    }

    /// <summary>Searches and builds.</summary>
    /// <param name="subject">The network, with samples.</param>
    /// <param name="threads">Workers; the result does not depend on it.</param>
    /// <param name="warnings">Takes the quantizer's findings.</param>
    /// <param name="progress">Told when all is decided.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <exception cref="ModelException">A budget cannot be met; the network cannot be cut as asked.</exception>
    public static (QuantizedNetwork Network, SearchReport Report) Run(
        SearchSubject subject, int threads, ICollection<Diagnostic> warnings, IProgress<CompileProgress>? progress, CancellationToken cancellation)
    {
        var search = new EntropySearch(subject, threads, warnings, progress, cancellation);
        var plans = search.Plans();
        var plan = PlanCatalog.Smallest(plans, subject.Eight.Layers.Sum(layer => layer.Macs(subject.Eight)));
        var (network, report) = plan is null ? search.LayerByLayer() : search.Patched(plan);
        if (subject.Options.Ram is { } ram && NetworkMemory.Plan(network, cancellation) is var memory && memory.TotalBytes > ram)
            throw UniformPlanning.TooSmall(memory, ram, memory.TotalBytes);

        return (network, report with
        {
            Method = Search.Entropy,
            Lambda = search.lambda,
            Plans = PlanCatalog.Front(plans).Select(candidate => candidate.Candidate(0, candidate == plan)).ToImmutableArray(),
            Scopes = search.scopes.ToImmutableArray(),
            Weights = subject.Convs.Select((conv, i) => new WeightDecision(
                conv.Layer.Name, search.weightBits[i], conv.IsImported ? "fixed: the model came with codes" : "as asked, for all layers",
                ImmutableArray<CandidateScore>.Empty)).ToImmutableArray(),
            Log = search.log.ToImmutableArray(),
        });
    }

    private IReadOnlyList<PricedPlan> Plans()
    {
        var options = subject.Options;
        if (options.Patches == PatchGrid.Whole)
            return Array.Empty<PricedPlan>();

        var bits = subject.Eight.Tensors.Select(tensor => tensor.Quantizer.Bits).ToArray();
        var plans = PlanCatalog.Of(subject.Eight, options.Patches, Halo.Recompute, cancellation)
            .Where(plan => options.Patches is not null || plan.Grid is { Columns: > 1, Rows: <= 8 });
        var priced = PlanCatalog.Price(plans.Where(plan => subject.ValueOf(plan.Stage.Split) is not null), bits);
        if (priced.Count == 0)
            log.Add(UniformPlanning.RequirePlans(subject.Eight, options));
        return priced;
    }

    private (QuantizedNetwork Network, SearchReport Report) LayerByLayer()
    {
        var geometry = ExecutionGeometry.LayerByLayer(subject);
        var maps = Enumerable.Range(0, subject.Maps.Length).ToList();
        var result = Decide(maps, geometry, subject.AllEight(), geometry.Steps, _ => geometry.Macs, WholeEntropies, "network");
        scopes.Add(new ScopeReport("network", null, ImmutableArray<int>.Empty, result.Decisions.ToImmutableArray()));
        Decided();
        return (assembler.Build(null, result.Bits, weightBits), new SearchReport { PatchReason = "layer by layer" });
    }

    private (QuantizedNetwork Network, SearchReport Report) Patched(PricedPlan chosen)
    {
        var plan = chosen.Plan;
        var geometry = ExecutionGeometry.Patched(subject, plan);
        var tail = Tail(geometry);
        var statistics = PatchStatistics.Collect(
            subject, plan, assembler.StageGraph(plan, assembler.SplitValue(plan)), Classified(plan), threads, cancellation);
        var classes = Classify(statistics, Classified(plan));
        bool isDynamic = subject.Options.Classification == PatchClassification.Dynamic;
        var branches = new List<int[]>();
        var tilesOf = new List<List<int>>();
        var decisions = new List<IReadOnlyList<MapDecision>>();
        var outliers = Enumerable.Range(0, plan.Grid.Tiles).Where(tile => !isDynamic && classes.Outliers[tile]).ToList();
        if (outliers.Count > 0 || isDynamic)
            AddBranch(tail.Bits, outliers, new List<MapDecision>());

        for (int tile = 0; tile < plan.Grid.Tiles; tile++)
        {
            if (outliers.Contains(tile))
                continue;

            cancellation.ThrowIfCancellationRequested();
            var found = DecideTile(geometry, tail.Bits, statistics, tile);
            int known = branches.FindIndex(bits => bits.SequenceEqual(found.Bits));
            if (known >= 0 && !(isDynamic && known == 0))
                tilesOf[known].Add(tile);
            else
                AddBranch(found.Bits, new List<int> { tile }, found.Decisions);
        }

        for (int branch = 0; branch < branches.Count; branch++)
            scopes.Insert(branch, Scope(branch, tilesOf[branch], decisions[branch], geometry));
        var classOf = Enumerable.Range(0, plan.Grid.Tiles).Select(tile => Math.Max(0, tilesOf.FindIndex(tiles => tiles.Contains(tile)))).ToImmutableArray();
        var classifier = isDynamic ? Vdpc.Classifier(classes, 0, subject.Eight.Tensor(subject.Eight.Inputs[0].Tensor).Quantizer) : null;
        Decided();
        var network = branches.Count == 1
            ? assembler.Build(plan, branches[0], weightBits)
            : assembler.Build(plan, branches, weightBits, Enumerable.Range(0, branches.Count).Select(OwnScales).ToList(), classOf, classifier);
        return (network, new SearchReport { PatchReason = chosen + ": " + PlanReason(), Vdpc = classes });

        // A map of fewer bits than in the first branch has a requantization of its own there anyway, so a scale for what its tiles hold is free.
        Dictionary<Value, Quantizer> OwnScales(int branch) => branch == 0
            ? new Dictionary<Value, Quantizer>()
            : StageMaps(geometry).Where(map => branches[branch][map] < branches[0][map])
                .ToDictionary(map => subject.Maps[map].Value, map => ScaleOf(map, branches[branch][map], statistics, tilesOf[branch]));

        void AddBranch(int[] bits, List<int> tiles, IReadOnlyList<MapDecision> why)
        {
            branches.Add(bits);
            tilesOf.Add(tiles);
            decisions.Add(why);
        }
    }

    private void Decided() => progress?.Report(new CompileProgress(CompileStages.Quantizing, 0, 0));

    private Quantizer ScaleOf(int map, int bits, PatchStatistics statistics, List<int> tiles)
    {
        var histograms = subject.Maps[map].Values.Select(value => statistics.HistogramOf(value, tiles)).OfType<Histogram>().ToList();
        return histograms.Count == 0 ? subject.QuantizerOf(map, bits) : RangeSearch.Best(histograms, bits);
    }

    private string PlanReason() => "the smallest arena that executes at most "
        + PlanCatalog.MacBound.ToString(CultureInfo.InvariantCulture) + " times the multiply-accumulates";

    private VdpcReport Classify(PatchStatistics statistics, Value classified)
    {
        var seen = subject.Request.Statistics[classified];
        double variance = Math.Max(0, (seen.SumOfSquares / seen.Count) - (seen.Mean * seen.Mean));
        var report = Vdpc.Classify(
            classified.Name, new Gaussian(seen.Mean, Math.Sqrt(variance)), subject.Options.Phi ?? Vdpc.DefaultPhi,
            subject.Options.Vote ?? Vdpc.DefaultVote, statistics.Extremes);
        log.Add(FormattableString.Invariant(
            $"VDPC of '{report.Tensor}': mean {report.Mean:g4}, deviation {report.Deviation:g4}; outliers below {report.Low:g4} or above {report.High:g4}; {report.Outliers.Count(outlier => outlier)} of {report.Outliers.Length} tiles"));
        return report;
    }

    private Value Classified(PatchPlan plan) => subject.Options.Classified == ClassifiedTensor.FirstFeatureMap
        ? plan.Stage.Layers.Select(layer => subject.ValueOf(subject.Eight.Layers[layer].Output)).First(value => value is not null)!
        : subject.Request.NormalForm.Inputs[0];

    /// <summary>The tail goes first: it settles the split tensor, on which all branches must agree.</summary>
    private VdqsResult Tail(ExecutionGeometry geometry)
    {
        var stage = StageMaps(geometry);
        var maps = Enumerable.Range(0, subject.Maps.Length).Where(map => !stage.Contains(map)).ToList();
        var steps = geometry.Steps.Skip(geometry.Plan!.Stage.Layers.Length).ToList();
        if (subject.Options.StageOnly)
            maps.Clear();

        var result = Decide(maps, geometry, subject.AllEight(), steps, _ => geometry.Macs, WholeEntropies, "tail");
        scopes.Add(new ScopeReport("tail", null, ImmutableArray<int>.Empty, result.Decisions.ToImmutableArray()));
        return result;
    }

    private VdqsResult DecideTile(ExecutionGeometry geometry, int[] tailBits, PatchStatistics statistics, int tile)
    {
        var plan = geometry.Plan!;
        int row = tile / plan.Columns.Tiles, column = tile % plan.Columns.Tiles;
        var macs = geometry.Macs.Select((_, layer) =>
            geometry.StageLayers.Contains(layer) ? plan.MacsOf(subject.Eight.Layers[layer], row, column) : 0).ToImmutableArray();
        var steps = geometry.Steps.Take(plan.Stage.Layers.Length).ToList();
        return Decide(StageMaps(geometry).OrderBy(map => map).ToList(), geometry, tailBits, steps, _ => macs, Entropies, "branch of tile " + tile);

        double[] Entropies(int map)
        {
            var value = subject.Maps[map].Values.First(candidate => statistics.Counts(candidate, tile) is not null);
            var histogram = subject.Request.Statistics[value].Histogram;
            double width = ((double)histogram.High - histogram.Low) / PatchStatistics.Bins;
            return Candidates.Select(bits =>
                CodeEntropy.Of(statistics.Counts(value, tile), histogram.Low, width, subject.QuantizerOf(map, bits))).ToArray();
        }
    }

    /// <summary>Maps that only the stage computes; the split tensor and inputs are not among them.</summary>
    private HashSet<int> StageMaps(ExecutionGeometry geometry)
    {
        var plan = geometry.Plan!;
        var maps = new HashSet<int>(plan.Stage.Layers.Select(layer => subject.MapOf(subject.Eight.Layers[layer].Output)));
        maps.Remove(-1);
        maps.Remove(subject.MapOf(plan.Stage.Split));
        return maps;
    }

    private VdqsResult Decide(
        List<int> maps,
        ExecutionGeometry geometry,
        int[] bits,
        IReadOnlyList<LiveStep> steps,
        Func<int, ImmutableArray<long>> macs,
        Func<int, double[]> entropies,
        string scope)
    {
        var subjects = maps.Select(map => new VdqsMap(
            map, subject.Maps[map].Value.Name, subject.Maps[map].IsFree,
            subject.Maps[map].IsFree ? entropies(map) : new double[Candidates.Length], BitOps(map, macs(map)))).ToList();
        var result = Vdqs.Search(lambda, subjects, steps, bits, subject.Options.Ram);
        if (!result.Fits)
            throw TooSmall(geometry, result, scope);

        return result;
    }

    private long BitOps(int map, ImmutableArray<long> macs) => subject.Convs.Select((conv, i) => (conv, i))
        .Where(pair => subject.MapOf(pair.conv.Layer.Inputs[0]) == map).Sum(pair => macs[pair.conv.Index] * 8 * weightBits[pair.i])
        + Enumerable.Range(0, macs.Length)
            .Where(layer => subject.Eight.Layers[layer] is MatMulLayer product && product.Inputs.Any(input => subject.MapOf(input) == map))
            .Sum(layer => macs[layer] * 64);

    private double[] WholeEntropies(int map)
    {
        if (wholeEntropies.TryGetValue(map, out var known))
            return known;

        var value = subject.Maps[map].Values.FirstOrDefault(candidate => subject.Request.Statistics.Find(candidate) is not null);
        return wholeEntropies[map] = value is null
            ? new double[Candidates.Length]
            : Candidates.Select(bits => CodeEntropy.Of(subject.Request.Statistics[value].Histogram, subject.QuantizerOf(map, bits))).ToArray();
    }

    private ScopeReport Scope(int branch, List<int> tiles, IReadOnlyList<MapDecision> decisions, ExecutionGeometry geometry) => new(
        "branch " + branch.ToString(CultureInfo.InvariantCulture),
        branch,
        tiles.ToImmutableArray(),
        decisions.Count > 0
            ? decisions.ToImmutableArray()
            : StageMaps(geometry).OrderBy(map => map).Select(map => new MapDecision(
                subject.Maps[map].Value.Name, 8, "outlier patch", ImmutableArray<CandidateScore>.Empty)).ToImmutableArray());

    private ModelException TooSmall(ExecutionGeometry geometry, VdqsResult result, string scope)
    {
        int ram = subject.Options.Ram!.Value;
        var smallest = subject.Maps.Select(map => map.IsFree ? 2 : 8).ToArray();
        var peak = geometry.Steps.OrderByDescending(step => step.Bytes(smallest)).First();
        return new ModelException(
            MemoryRules.RamBudget, result.SmallestBytes, result.SmallestBytes - ram, ram, "layer '" + peak.Name + "' of the " + scope + ", all maps at 2 bits",
            string.Join(", ", peak.Live.OrderByDescending(tensor => tensor.Bytes(2)).Take(8).Where(tensor => tensor.Map >= 0)
                .Select(tensor => "'" + subject.Maps[tensor.Map].Value.Name + "'")));
    }
}
