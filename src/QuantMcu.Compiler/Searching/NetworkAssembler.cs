using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Searching;

/// <summary>From chosen bits and a chosen plan to the quantized network.</summary>
internal sealed class NetworkAssembler
{
    private readonly SearchSubject subject;
    private readonly ICollection<Diagnostic> warnings;
    private readonly CancellationToken cancellation;

    public NetworkAssembler(SearchSubject subject, ICollection<Diagnostic> warnings, CancellationToken cancellation)
    {
        this.subject = subject;
        this.warnings = warnings;
        this.cancellation = cancellation;
    }

    /// <summary>A network of one branch, or without patches.</summary>
    /// <param name="plan">A plan for the subject's network; null: layer by layer.</param>
    /// <param name="mapBits">One per feature map.</param>
    /// <param name="weightBits">One per convolution.</param>
    public QuantizedNetwork Build(PatchPlan? plan, int[] mapBits, int[] weightBits)
    {
        var quantized = Quantize(mapBits, weightBits);
        return plan is null ? quantized.Network : Split(quantized, SplitValue(plan), plan);
    }

    /// <summary>The network layer by layer.</summary>
    /// <inheritdoc cref="Build(PatchPlan, int[], int[])"/>
    public QuantizedGraph Quantize(int[] mapBits, int[] weightBits) =>
        NetworkQuantizer.QuantizeGraph(subject.Request with { Bits = subject.Widths(mapBits, weightBits) }, warnings, cancellation);

    /// <summary>
    /// A quantized network executed as a plan for the subject's network says. Its layers may be more, where codes change their bits, so parts are
    /// found again by the values at their ends.
    /// </summary>
    public QuantizedNetwork Arrange(QuantizedGraph quantized, ExecutionPlan plan)
    {
        var network = quantized.Network;
        var bottlenecks = Bottleneck.Of(network);
        int Tensor(int tensor) => quantized.Tensors[subject.ValueOf(tensor)!];
        Bottleneck? At(Bottleneck other) => bottlenecks.FirstOrDefault(bottleneck => bottleneck.Tensor == Tensor(other.Tensor));
        var fusions = ImmutableArray.CreateBuilder<PlannedFusion>();
        foreach (var (layers, tiles) in plan.Fusions)
        {
            if (At(layers.From) is { } from && At(layers.To) is { } to && LayerFusion.Between(network, from, to) is { } fusion
                && NetworkSplitter.Fits(tiles.Grid, fusion.Stage, tiles.Halo))
                fusions.Add(new PlannedFusion(fusion, new PatchPlan(fusion.Stage, tiles.Grid, tiles.Halo)));
        }

        var stage = plan.Stage is { } patches
            ? new PatchPlan(SplitPoint.EndingAt(network, Tensor(patches.Stage.Split))!, patches.Grid, patches.Halo)
            : null;
        var slices = plan.Slices.Select(slice => slice with { Tensor = Tensor(slice.Tensor) });
        return new ExecutionPlan(stage, fusions.ToImmutable(), slices.ToImmutableArray()).Apply(network);
    }

    /// <summary>Whether the float network has a value for every tensor that a plan names.</summary>
    public static bool CanArrange(SearchSubject subject, ExecutionPlan plan) => plan.Fusions.Select(fusion => fusion.Layers.From.Tensor)
        .Concat(plan.Fusions.Select(fusion => fusion.Layers.To.Tensor)).Concat(plan.Slices.Select(slice => slice.Tensor))
        .Concat(plan.Stage is { } stage ? new[] { stage.Stage.Split } : System.Array.Empty<int>()).All(tensor => subject.ValueOf(tensor) is not null);

    /// <summary>A network of several branches, which share all weights and the split tensor.</summary>
    /// <param name="plan">With recomputed halos.</param>
    /// <param name="branches">Bits of every feature map, branch by branch; those of the tail are the same in all.</param>
    /// <param name="weightBits">One per convolution.</param>
    /// <param name="scales">Quantizers of their own that branches have, by any value of a feature map; none for the first, behind which the tail is corrected.</param>
    /// <param name="classes">The branch of every tile.</param>
    /// <param name="classifier">Dynamic classification, or null.</param>
    public QuantizedNetwork Build(
        PatchPlan plan, IReadOnlyList<int[]> branches, int[] weightBits, IReadOnlyList<Dictionary<Value, Quantizer>> scales, ImmutableArray<int> classes, PatchClassifier? classifier)
    {
        var split = SplitValue(plan);
        var first = NetworkQuantizer.QuantizeGraph(subject.Request with { Bits = subject.Widths(branches[0], weightBits) }, warnings, cancellation);
        var network = Split(first, split, plan);
        var agreed = first.Network.Tensor(first.Tensors[split]).Quantizer;
        var stage = StageGraph(plan, split);
        var request = subject.Request with
        {
            Source = new NetworkGraph(stage.Name, subject.Request.Source.Inputs, stage.Outputs, ImmutableArray<Node>.Empty),
            NormalForm = stage,
            Quantizers = null,
        };

        // Warnings about the same weights came with the first branch.
        var others = Enumerable.Range(1, branches.Count - 1).Select(branch => Split(
            NetworkQuantizer.QuantizeGraph(
                request with
                {
                    Bits = subject.Widths(branches[branch], weightBits),
                    Pinned = new Dictionary<Value, Quantizer>(scales[branch]) { [split] = agreed },
                    Regions = value => RegionsOf(value, plan, classes, branch),
                },
                new List<Diagnostic>(), cancellation),
            split, plan));
        return NetworkSplitter.WithBranches(network, others.ToList(), classes, classifier);
    }

    /// <summary>What a branch computes of a value, or reads of an input, tile by tile; null for values that its tiles do not cut.</summary>
    private List<Region>? RegionsOf(Value value, PatchPlan plan, ImmutableArray<int> classes, int branch)
    {
        if (value.Shape.Rank != 4 || !subject.HasTensor(value))
            return null;

        int tensor = subject.TensorOf(value);
        bool isComputed = plan.Stage.Layers.Any(layer => subject.Eight.Layers[layer].Output == tensor);
        var regions = Enumerable.Range(0, classes.Length).Where(tile => classes[tile] == branch)
            .Select(tile => (Row: tile / plan.Columns.Tiles, Column: tile % plan.Columns.Tiles))
            .Select(tile => isComputed ? plan.Computed(tensor, tile.Row, tile.Column) : plan.Read(tensor, tile.Row, tile.Column))
            .Where(region => region.Pixels > 0).ToList();
        return regions.Count == 0 ? null : regions;
    }

    /// <summary>The stage as a network of its own: the layers that the split tensor depends on.</summary>
    public NetworkGraph StageGraph(PatchPlan plan, Value split)
    {
        var graph = subject.Request.NormalForm;
        var needed = new HashSet<Value> { split };
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(needed.Contains))
                continue;

            nodes.Insert(0, node);
            needed.UnionWith(node.Inputs.OfType<Value>());
        }

        return new NetworkGraph(graph.Name, graph.Inputs, ImmutableArray.Create(split), nodes.ToImmutableArray());
    }

    public Value SplitValue(PatchPlan plan) => subject.ValueOf(plan.Stage.Split)!;

    private static QuantizedNetwork Split(QuantizedGraph quantized, Value split, PatchPlan plan) => NetworkSplitter.Split(
        SplitPoint.EndingAt(quantized.Network, quantized.Tensors[split])!, plan.Grid, plan.Halo);
}
