using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Plans;

/// <summary>
/// One way to run a network: which multiply-accumulates it executes and which bytes are live at every step, for any bits of the feature maps.
/// In-place results are not counted on, so the real arena may be a little smaller.
/// </summary>
internal sealed class ExecutionGeometry
{
    private ExecutionGeometry(SearchSubject subject, ExecutionPlan execution, ImmutableArray<long> macs, ImmutableArray<LiveStep> steps)
    {
        Subject = subject;
        Execution = execution;
        Macs = macs;
        Steps = steps;
        StageLayers = Plan is null ? ImmutableHashSet<int>.Empty : Plan.Stage.Layers.ToImmutableHashSet();
    }

    public SearchSubject Subject { get; }

    /// <summary>A plan for the subject's network.</summary>
    public ExecutionPlan Execution { get; }

    /// <summary>Its patch stage; null: there is none.</summary>
    public PatchPlan? Plan => Execution.Stage;

    /// <summary>Multiply-accumulates executed, per layer of the network, halos included.</summary>
    public ImmutableArray<long> Macs { get; }

    public long ExecutedMacs => Macs.Sum();

    /// <summary>What tiles cost beside them, in multiply-accumulates.</summary>
    public long TileMacs => (Plan is null ? 0 : TileOverhead.Of(Plan)) + Execution.Fusions.Sum(fusion => TileOverhead.Of(fusion.Plan));

    public ImmutableArray<LiveStep> Steps { get; }

    public ImmutableHashSet<int> StageLayers { get; }

    /// <summary>Most bytes that are live at once.</summary>
    public long Peak(IReadOnlyList<int> mapBits) => Steps.Length == 0 ? 0 : Steps.Max(step => step.Bytes(mapBits));

    public static ExecutionGeometry LayerByLayer(SearchSubject subject) => Create(subject, ExecutionPlan.LayerByLayer);

    public static ExecutionGeometry Patched(SearchSubject subject, PatchPlan plan) =>
        Create(subject, ExecutionPlan.LayerByLayer with { Stage = plan });

    /// <param name="subject">The network.</param>
    /// <param name="plan">A plan for it.</param>
    public static ExecutionGeometry Create(SearchSubject subject, ExecutionPlan plan)
    {
        var network = subject.Eight;
        var macs = network.Layers.Select(layer => layer.Macs(network)).ToArray();
        var steps = new List<LiveStep>();
        var tiled = new HashSet<int>();
        if (plan.Stage is { } stage)
            AddTiles(stage, tensor => tensor, stage.Stage.Layers.ToArray(), new[] { stage.Stage.Split });

        // Where layers are fused nothing else is alive, so lifetimes of other tensors end before them.
        foreach (var (fusion, tiles) in plan.Fusions)
        {
            int[] layers = Enumerable.Range(fusion.From.Layer, fusion.To.Layer - fusion.From.Layer).ToArray();
            AddTiles(tiles, tensor => fusion.Tensors[tensor], layers, new[] { fusion.From.Tensor, fusion.To.Tensor });
        }

        var others = Enumerable.Range(0, network.Layers.Length).Where(layer => !tiled.Contains(layer)).ToList();
        var whole = Lifetimes(subject, others, plan.Stage?.Stage.Split ?? -1);
        steps.AddRange(whole.Select((step, i) => Sliced(subject, plan.Slices, network.Layers[others[i]], step)));
        return new ExecutionGeometry(subject, plan, macs.ToImmutableArray(), steps.ToImmutableArray());

        void AddTiles(PatchPlan tiles, Func<int, int> tensorOf, int[] layers, int[] ends)
        {
            steps.AddRange(TileSteps(subject, tiles, tensorOf, ends));
            for (int i = 0; i < layers.Length; i++)
                macs[layers[i]] = tiles.MacsOf(tiles.Stage.Network.Layers[tiles.Stage.Layers[i]]);
            tiled.UnionWith(layers);
        }
    }

    /// <summary>A convolution, or the reduction behind it, of which a slice is alive, with what was reduced before.</summary>
    private static LiveStep Sliced(SearchSubject subject, ImmutableArray<ChannelSlices> slices, QuantizedLayer layer, LiveStep step)
    {
        foreach (var slice in slices)
        {
            var whole = Whole(subject, slice.Tensor);
            if ((layer.Output == slice.Tensor || layer.Inputs.Contains(slice.Tensor)) && step.Live.IndexOf(whole) is >= 0 and var index)
            {
                var reduce = subject.Eight.Layers.First(reader => reader.Inputs.Contains(slice.Tensor));
                step = step with { Live = step.Live.SetItem(index, whole with { Channels = slice.Channels }).Add(Whole(subject, reduce.Output)) };
            }
        }

        return step;
    }

    /// <summary>Lifetimes of whole tensors: from the step that writes one to the last that reads it.</summary>
    private static ImmutableArray<LiveStep> Lifetimes(SearchSubject subject, List<int> layers, int kept)
    {
        var network = subject.Eight;
        var storage = new TensorStorage(network);
        var first = new Dictionary<Storage, int>();
        var last = new Dictionary<Storage, int>();
        var tensors = new Dictionary<Storage, int>();
        for (int step = 0; step < layers.Count; step++)
        {
            var layer = network.Layers[layers[step]];
            if (layer is ReshapeLayer)
                continue;

            foreach (int tensor in layer.Inputs.Add(layer.Output))
            {
                var place = storage.Of(tensor);
                if (place.Kind != StorageKind.Arena)
                    continue;

                if (!first.ContainsKey(place))
                {
                    first[place] = network.Inputs.Any(port => port.Tensor == tensor) || tensor == kept ? 0 : step;
                    tensors[place] = tensor;
                }

                last[place] = step;
            }
        }

        var places = tensors.Keys.OrderBy(place => place.Index).ToList();
        return layers.Select((layer, step) => new LiveStep(
            network.Layers[layer].Name,
            places.Where(place => first[place] <= step && step <= last[place]).Select(place => Whole(subject, tensors[place])).ToImmutableArray()))
            .ToImmutableArray();
    }

    /// <summary>One tile: patch buffers live from layer to layer; the caches and what is whole at the ends live throughout.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="plan">A plan for a part of it.</param>
    /// <param name="tensorOf">The network's tensor for one of the part.</param>
    /// <param name="ends">Tensors of the network.</param>
    private static IEnumerable<LiveStep> TileSteps(SearchSubject subject, PatchPlan plan, Func<int, int> tensorOf, int[] ends)
    {
        var network = plan.Stage.Network;
        var storage = new TensorStorage(subject.Eight);
        var always = ends.Where(tensor => storage.Of(tensor).Kind == StorageKind.Arena).Select(tensor => Whole(subject, tensor)).ToList();
        var layers = plan.Stage.Layers;
        var buffers = new List<(int First, int Last, LiveTensor Buffer)>();
        for (int step = 0; step < layers.Length; step++)
        {
            int tensor = network.Layers[layers[step]].Output;
            if (tensor == plan.Stage.Split)
                continue;

            int last = LastReader(network, layers, tensor, step);
            buffers.Add((step, last, Part(subject, tensorOf(tensor), plan.Rows.MostHeld(tensor), plan.Columns.MostHeld(tensor))));
            always.AddRange(Caches(subject, plan, tensor, tensorOf(tensor)));
        }

        foreach (var port in network.Inputs.Where(port => port.Signed && IsRead(network, layers, port.Tensor)))
        {
            int last = LastReader(network, layers, port.Tensor, 0);
            buffers.Add((0, last, Part(subject, tensorOf(port.Tensor), plan.Rows.MostHeld(port.Tensor), plan.Columns.MostHeld(port.Tensor))));
        }

        return layers.Select((layer, step) => new LiveStep(
            network.Layers[layer].Name,
            always.Concat(buffers.Where(buffer => buffer.First <= step && step <= buffer.Last).Select(buffer => buffer.Buffer)).ToImmutableArray()));
    }

    /// <param name="subject">The network.</param>
    /// <param name="plan">A plan for a part of it.</param>
    /// <param name="tensor">Of the part.</param>
    /// <param name="own">The same of the network.</param>
    private static IEnumerable<LiveTensor> Caches(SearchSubject subject, PatchPlan plan, int tensor, int own)
    {
        if (plan.Halo != Halo.Cache)
            yield break;

        int rows = plan.Rows.MostHalo(tensor), columns = plan.Columns.MostHalo(tensor);
        if (rows > 0)
            yield return Part(subject, own, rows, subject.Eight.Tensor(own).Shape[2]);
        if (columns > 0)
            yield return Part(subject, own, plan.Rows.MostHeld(tensor), columns);
    }

    private static bool IsRead(QuantizedNetwork network, ImmutableArray<int> layers, int tensor) =>
        layers.Any(layer => network.Layers[layer].Inputs.Contains(tensor));

    private static int LastReader(QuantizedNetwork network, ImmutableArray<int> layers, int tensor, int from)
    {
        int last = from;
        for (int step = from; step < layers.Length; step++)
            last = network.Layers[layers[step]].Inputs.Contains(tensor) ? step : last;
        return last;
    }

    private static LiveTensor Whole(SearchSubject subject, int tensor)
    {
        var shape = subject.Eight.Tensor(tensor).Shape;
        int channels = shape.Rank == 0 ? 1 : Math.Max(1, shape[shape.Rank - 1]);
        return new LiveTensor(subject.MapOf(tensor), shape.Elements / channels, channels, subject.Eight.Tensor(tensor).Quantizer.Bits);
    }

    private static LiveTensor Part(SearchSubject subject, int tensor, int rows, int columns) =>
        new(subject.MapOf(tensor), checked(rows * columns), subject.Eight.Tensor(tensor).Shape[3], subject.Eight.Tensor(tensor).Quantizer.Bits);
}
