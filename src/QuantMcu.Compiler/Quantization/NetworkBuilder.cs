using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Quantization;

/// <summary>A quantized network while its layers are being added, in execution order.</summary>
internal sealed class NetworkBuilder
{
    private readonly GraphUses uses;
    private readonly IReadOnlyDictionary<Value, Quantizer> quantizers;
    private readonly QuantizationRequest request;
    private readonly ICollection<Diagnostic> warnings;
    private readonly CancellationToken cancellation;
    private readonly WeightRounding? rounding;
    private readonly List<QuantizedTensor> tensors = [];
    private readonly List<QuantizedLayer> layers = [];
    private readonly Dictionary<Value, int> indices = [];
    private readonly Dictionary<(int Tensor, Quantizer Quantizer), int> rescaled = [];

    public NetworkBuilder(
        GraphUses uses,
        IReadOnlyDictionary<Value, Quantizer> quantizers,
        QuantizationRequest request,
        ICollection<Diagnostic> warnings,
        CancellationToken cancellation)
    {
        this.uses = uses;
        this.quantizers = quantizers;
        this.request = request;
        this.warnings = warnings;
        this.cancellation = cancellation;
        rounding = request.Weights ?? (request.Samples is null ? null : new WeightRounding(request.NormalForm, request.Samples));
        if (Settings.BiasCorrection && request.Samples is not null)
        {
            var windows = Settings.Reconstruction && request.Bits.AnyBelowEight ? rounding!.Windows(cancellation) : null;
            Sampled = new SampledNetwork(request.NormalForm, request.Samples, windows, request.Regions, tensors, layers, cancellation);
        }
    }

    public QuantizationSettings Settings => request.Settings;

    /// <summary>The tensor of every activation of the graph that has been declared; two values may be the same codes.</summary>
    public IReadOnlyDictionary<Value, int> Indices => indices;

    /// <summary>
    /// Both networks on calibration samples, the integer one as far as it is built; null where there are none, or no bias is to be corrected.
    /// </summary>
    public SampledNetwork? Sampled { get; }

    public QuantizedNetwork Build(string name, ImmutableArray<NetworkPort> inputs, ImmutableArray<NetworkPort> outputs) =>
        new(name, tensors.ToImmutableArray(), layers.ToImmutableArray(), inputs, outputs);

    public void Warn(Diagnostic warning) => warnings.Add(warning);

    public Node? Producer(Value value) => uses.Producer(value);

    /// <summary>The quantizer that the assignment gave an activation.</summary>
    public Quantizer QuantizerOf(Value value) => quantizers[value];

    /// <summary>The values of a constant, or of a Dequantize of constant codes; null for an activation.</summary>
    public Tensor? Constant(Value value)
    {
        if (value.Constant is not null)
            return value.Constant;

        return uses.Producer(value) is { } producer && ImportedQuantization.IsConstant(producer)
            ? FloatInterpreter.Evaluate(producer, producer.Inputs.Select(input => input?.Constant).ToArray())[0]
            : null;
    }

    /// <summary>Codes for the float weights of a convolution, at the bits that it is to have; and the weights that they stand for.</summary>
    /// <param name="conv">The convolution.</param>
    /// <param name="weights">Its weights in the float network.</param>
    /// <param name="input">The tensor that it reads; all layers before have been added.</param>
    public (QuantizedWeights Codes, float[] Weights) Weights(Node conv, float[] weights, int input)
    {
        int bits = request.Bits.OfWeights(conv), channels = conv.Output.Shape[3];
        bool secondOrder = bits < 8 && Settings.SecondOrderWeights;
        QuantizedWeights? codes = null;
        if (Sampled?.Reconstruct(conv, weights, input) is { } reconstructed)
        {
            weights = reconstructed.Weights;
            codes = secondOrder ? rounding!.Round(weights, channels, reconstructed.Covariance, bits, centered: true, cancellation) : null;
        }
        else if (secondOrder)
        {
            codes = rounding?.Of(conv, weights, bits, Sampled is not null, cancellation);
        }

        return (codes ?? QuantizedWeights.Of(weights, weights.Length / channels, Settings, bits: bits), weights);
    }

    /// <summary>Declares the tensor of a graph input or of a node's output.</summary>
    public int Declare(Value value) => Declare(value, quantizers[value]);

    /// <inheritdoc cref="Declare(Value)"/>
    public int Declare(Value value, Quantizer quantizer)
    {
        int index = Add(new QuantizedTensor(value.Name, value.Shape, quantizer));
        indices[value] = index;
        return index;
    }

    /// <summary>A tensor that the model does not have.</summary>
    public int Temporary(string name, Shape shape, Quantizer quantizer) => Add(new QuantizedTensor(name, shape, quantizer));

    /// <summary>From now on a value is the tensor of another one: nothing is to be computed.</summary>
    public void Alias(Value value, int tensor) => indices[value] = tensor;

    public void Add(QuantizedLayer layer) => layers.Add(layer);

    public Quantizer Quantizer(int tensor) => tensors[tensor].Quantizer;

    public Shape Shape(int tensor) => tensors[tensor].Shape;

    /// <summary>The tensor of a node's operand, with its own quantizer; a constant gets one that holds its values.</summary>
    public int Operand(Value value)
    {
        if (Constant(value) is not { } constant)
            return indices[value];

        var values = constant.ToDoubles();
        var quantizer = RangeSearch.OfRange(values.DefaultIfEmpty(0).Min(), values.DefaultIfEmpty(0).Max());
        return AddConstant(value.Name, constant.Shape, values, quantizer);
    }

    /// <summary>The tensor of a node's operand at a given quantizer: a table rescales one that has another.</summary>
    public int Operand(Value value, Quantizer quantizer)
    {
        if (Constant(value) is { } constant)
            return AddConstant(value.Name, constant.Shape, constant.ToDoubles(), quantizer);

        return Rescale(indices[value], quantizer);
    }

    /// <summary>A tensor's reals at another quantizer; the tensor itself where it has that one already.</summary>
    public int Rescale(int tensor, Quantizer quantizer)
    {
        var source = tensors[tensor];
        if (source.Quantizer == quantizer)
            return tensor;
        if (rescaled.TryGetValue((tensor, quantizer), out int known))
            return known;

        int output = Add(source with { Quantizer = quantizer });
        Add(new LookupLayer(source.Name, [tensor], output, "Rescale", LookupTable.Of(source.Quantizer, quantizer, real => real)));
        return rescaled[(tensor, quantizer)] = output;
    }

    /// <summary>A constant tensor of codes.</summary>
    public int AddConstant(string name, Shape shape, double[] values, Quantizer quantizer)
    {
        var codes = Array.ConvertAll(values, value => (byte)quantizer.Code(value));
        return Add(new QuantizedTensor(name, shape, quantizer, codes));
    }

    private int Add(QuantizedTensor tensor)
    {
        tensors.Add(tensor);
        return tensors.Count - 1;
    }
}
