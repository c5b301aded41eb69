using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Searching;

/// <summary>A calibrated float network with what every search needs to know of it: its feature maps and its integer form at 8 bits.</summary>
internal sealed class SearchSubject
{
    private readonly Dictionary<Value, int> mapOfValue = new();
    private readonly int[] mapOfTensor;
    private readonly QuantizedGraph eight;
    private readonly Dictionary<int, Value> valueOfTensor = new();

    /// <param name="request">What is to be quantized; its bits do not matter.</param>
    /// <param name="options">What the user wants.</param>
    /// <param name="threads">Workers; the result does not depend on it.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    public SearchSubject(QuantizationRequest request, CompileOptions options, int threads, CancellationToken cancellation)
    {
        // Where BitOPs are minimised, the search takes all that reconstruction gains, and more: docs/search.md.
        bool isFitted = options.Search == Search.Output && options.Target != Target.Generic;

        // The codes of few-bit weights depend on no other bits: all networks of the search share them.
        request = request with
        {
            Quantizers = new QuantizerCache(),
            Weights = request.Weights
                ?? (request.Samples is null ? null : new WeightRounding(request.NormalForm, request.Samples, isFitted, Environment.ProcessorCount)),
            Settings = request.Settings with { Reconstruction = isFitted },
        };
        Request = request;
        Options = options;
        Maps = FeatureMaps.Of(request.NormalForm, request.Preprocessing is not null);
        Uses = new GraphUses(request.NormalForm);
        Shared = SharedQuantizers.Find(request.NormalForm, Uses, FeatureMaps.RawInputs(request.NormalForm, request.Preprocessing is not null));
        for (int map = 0; map < Maps.Length; map++)
        {
            foreach (var value in Maps[map].Values)
                mapOfValue[value] = map;
        }

        // All searches look at all of them, and they are independent of each other.
        var free = Enumerable.Range(0, Maps.Length).Where(map => Maps[map].IsFree).ToArray();
        OrderedParallel.Run(
            free.Length,
            new object?[Math.Max(1, threads)],
            (_, map) => new[] { 8, 4, 2 }.Select(bits => QuantizerOf(free[map], bits)).ToArray(),
            (_, _) => cancellation.ThrowIfCancellationRequested());

        // Geometry only: biases and weights do not matter, so no samples are run and no scales are searched.
        var settings = request.Settings with { ClipWeights = false };
        eight = NetworkQuantizer.QuantizeGraph(
            request with { Samples = null, Bits = BitWidths.Eight, Settings = settings }, new List<Diagnostic>(), cancellation);
        Eight = eight.Network;
        mapOfTensor = Enumerable.Repeat(-1, Eight.Tensors.Length).ToArray();
        foreach (var value in request.NormalForm.Inputs.Concat(request.NormalForm.Nodes.SelectMany(node => node.Outputs)))
        {
            if (!eight.Tensors.TryGetValue(value, out int tensor) || !mapOfValue.TryGetValue(value, out int map) || valueOfTensor.ContainsKey(tensor))
                continue;

            mapOfTensor[tensor] = map;
            valueOfTensor[tensor] = value;
        }

        var nodes = request.NormalForm.Nodes.Where(node => node.Outputs.Length == 1).ToDictionary(node => node.Output);
        Convs = Enumerable.Range(0, Eight.Layers.Length).Where(layer => Eight.Layers[layer] is ConvLayer && ValueOf(Eight.Layers[layer].Output) is not null)
            .Select(layer => new ConvWeights(layer, (ConvLayer)Eight.Layers[layer], nodes[ValueOf(Eight.Layers[layer].Output)!])).ToImmutableArray();
    }

    public QuantizationRequest Request { get; }

    /// <summary>Whether weights are fitted to some calibration samples, so that the others are to judge.</summary>
    public bool HoldsOut => Request.Settings.Reconstruction && Request.Samples is { } samples && FloatWindows.Suffice(samples.Count);

    public CompileOptions Options { get; }

    public GraphUses Uses { get; }

    public SharedQuantizers Shared { get; }

    /// <summary>In execution order.</summary>
    public ImmutableArray<FeatureMap> Maps { get; }

    /// <summary>The network at 8 bits throughout, without bias correction: shapes and layers are those of every mix of bits.</summary>
    public QuantizedNetwork Eight { get; }

    /// <summary>Every convolution, in execution order.</summary>
    public ImmutableArray<ConvWeights> Convs { get; }

    /// <summary>The feature map that a tensor of <see cref="Eight"/> is a value of; -1 for constants and for tensors that the model does not have.</summary>
    public int MapOf(int tensor) => mapOfTensor[tensor];

    public int MapOf(Value value) => mapOfValue.TryGetValue(value, out int map) ? map : -1;

    /// <summary>The value of the float network that a tensor stands for; null where there is none.</summary>
    public Value? ValueOf(int tensor) => valueOfTensor.TryGetValue(tensor, out var value) ? value : null;

    /// <summary>Whether a value became a tensor of <see cref="Eight"/>: constants and what a node's layer computes inside did not.</summary>
    public bool HasTensor(Value value) => eight.Tensors.ContainsKey(value);

    /// <summary>The tensor of <see cref="Eight"/> that a value became.</summary>
    public int TensorOf(Value value) => eight.Tensors[value];

    /// <summary>The quantizer that the network quantizer chooses for a free map at some bits.</summary>
    public Quantizer QuantizerOf(int map, int bits) =>
        QuantizerAssignment.OfGroup(Maps[map].Values, Shared, Uses, Request.Statistics, bits, Request.Settings, Request.Quantizers);

    /// <summary>Bits of a tensor, given those of the maps.</summary>
    public int BitsOf(int tensor, IReadOnlyList<int> mapBits) =>
        MapOf(tensor) is var map && map >= 0 ? mapBits[map] : Eight.Tensor(tensor).Quantizer.Bits;

    /// <summary>8 bits for every map.</summary>
    public int[] AllEight() => Enumerable.Repeat(8, Maps.Length).ToArray();

    /// <summary>Bits as the quantizer takes them.</summary>
    /// <param name="mapBits">One per map.</param>
    /// <param name="weightBits">One per convolution of <see cref="Convs"/>.</param>
    public BitWidths Widths(IReadOnlyList<int> mapBits, IReadOnlyList<int> weightBits)
    {
        var activations = new Dictionary<Value, int>();
        for (int map = 0; map < Maps.Length; map++)
        {
            foreach (var value in Maps[map].Values)
                activations[value] = mapBits[map];
        }

        var weights = new Dictionary<Node, int>();
        for (int conv = 0; conv < Convs.Length; conv++)
            weights[Convs[conv].Node] = weightBits[conv];
        return new BitWidths(activations, weights);
    }
}

/// <summary>The weights of one convolution.</summary>
/// <param name="Index">Index of the layer in the network.</param>
/// <param name="Layer">The layer at 8 bits.</param>
/// <param name="Node">Its node in the float network.</param>
internal sealed record ConvWeights(int Index, ConvLayer Layer, Node Node)
{
    /// <summary>Whether the model came with codes, which then stay at 8 bits.</summary>
    public bool IsImported => Node.Inputs[1]!.Constant is null;

    /// <summary>Bytes of the codes at some bits; biases and multipliers do not depend on them.</summary>
    public long Bytes(int bits) => ((long)Layer.Weights.Length * BitWidths.InMemory(bits)) / 8;
}
