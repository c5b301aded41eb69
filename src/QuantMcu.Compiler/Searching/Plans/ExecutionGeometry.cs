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
    private ExecutionGeometry(SearchSubject subject, PatchPlan? plan, ImmutableArray<long> macs, ImmutableArray<LiveStep> steps)
    {
        Subject = subject;
        Plan = plan;
        Macs = macs;
        Steps = steps;
        StageLayers = plan is null ? ImmutableHashSet<int>.Empty : plan.Stage.Layers.ToImmutableHashSet();
    }

    public SearchSubject Subject { get; }

    /// <summary>The patch plan; null: layer by layer.</summary>
    public PatchPlan? Plan { get; }

    /// <summary>Multiply-accumulates executed, per layer of the network, halos included.</summary>
    public ImmutableArray<long> Macs { get; }

    public long ExecutedMacs => Macs.Sum();

    public ImmutableArray<LiveStep> Steps { get; }

    public ImmutableHashSet<int> StageLayers { get; }

    /// <summary>Most bytes that are live at once.</summary>
    public long Peak(IReadOnlyList<int> mapBits) => Steps.Length == 0 ? 0 : Steps.Max(step => step.Bytes(mapBits));

    public static ExecutionGeometry LayerByLayer(SearchSubject subject)
    {
        var network = subject.Eight;
        var steps = Lifetimes(subject, Enumerable.Range(0, network.Layers.Length).ToList(), kept: -1);
        return new ExecutionGeometry(subject, null, network.Layers.Select(layer => layer.Macs(network)).ToImmutableArray(), steps);
    }

    public static ExecutionGeometry Patched(SearchSubject subject, PatchPlan plan)
    {
        var network = subject.Eight;
        var inStage = new HashSet<int>(plan.Stage.Layers);
        var macs = network.Layers.Select((layer, index) => inStage.Contains(index) ? plan.MacsOf(layer) : layer.Macs(network));
        var steps = StageSteps(subject, plan).Concat(Lifetimes(subject, plan.Stage.Tail.ToList(), plan.Stage.Split));
        return new ExecutionGeometry(subject, plan, macs.ToImmutableArray(), steps.ToImmutableArray());
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

    /// <summary>One tile: patch buffers live from layer to layer; the split tensor and the caches live throughout.</summary>
    private static IEnumerable<LiveStep> StageSteps(SearchSubject subject, PatchPlan plan)
    {
        var network = subject.Eight;
        var storage = new TensorStorage(network);
        int split = plan.Stage.Split;
        var always = new List<LiveTensor>();
        if (storage.Of(split).Kind == StorageKind.Arena)
            always.Add(Whole(subject, split));

        var layers = plan.Stage.Layers;
        var buffers = new List<(int First, int Last, LiveTensor Buffer)>();
        for (int step = 0; step < layers.Length; step++)
        {
            int tensor = network.Layers[layers[step]].Output;
            if (tensor == split)
                continue;

            int last = LastReader(network, layers, tensor, step);
            buffers.Add((step, last, Part(subject, tensor, plan.Rows.MostHeld(tensor), plan.Columns.MostHeld(tensor))));
            always.AddRange(Caches(subject, plan, tensor));
        }

        foreach (var port in network.Inputs.Where(port => port.Signed && IsRead(network, layers, port.Tensor)))
        {
            int last = LastReader(network, layers, port.Tensor, 0);
            buffers.Add((0, last, Part(subject, port.Tensor, plan.Rows.MostHeld(port.Tensor), plan.Columns.MostHeld(port.Tensor))));
        }

        return layers.Select((layer, step) => new LiveStep(
            network.Layers[layer].Name,
            always.Concat(buffers.Where(buffer => buffer.First <= step && step <= buffer.Last).Select(buffer => buffer.Buffer)).ToImmutableArray()));
    }

    private static IEnumerable<LiveTensor> Caches(SearchSubject subject, PatchPlan plan, int tensor)
    {
        if (plan.Halo != Halo.Cache)
            yield break;

        int rows = plan.Rows.MostHalo(tensor), columns = plan.Columns.MostHalo(tensor);
        if (rows > 0)
            yield return Part(subject, tensor, rows, subject.Eight.Tensor(tensor).Shape[2]);
        if (columns > 0)
            yield return Part(subject, tensor, plan.Rows.MostHeld(tensor), columns);
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
