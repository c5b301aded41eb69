using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Operators;
using QuantMcu.Compiler.Quantization.Ranges;

namespace QuantMcu.Compiler.Quantization;

/// <summary>From a float network in normal form to integers: ranges, weights, and one layer (or a few) per node.</summary>
public static class NetworkQuantizer
{
    /// <summary>Names of the operators, as reports print them, that have an integer form. Others end in one diagnostic.</summary>
    public static ImmutableArray<string> QuantizableOperators { get; } =
    [
        "Abs", "Add", "ArgMax", "AveragePool", "Ceil", "Clip", "Concat", "Conv", "DequantizeLinear", "Elu", "Erf", "Exp", "Expand", "Floor",
        "Gather", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "LogSoftmax", "MatMul", "MaxPool", "Mish", "Mul", "Neg", "PRelu",
        "Pad", "QuantizeLinear", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Resize", "Round", "Selu",
        "Sigmoid", "Sign", "Slice", "Softmax", "Softplus", "Split", "Sqrt", "Sub", "Swish", "Tanh", "Transpose",
    ];

    /// <summary>Quantizes a network to 8 bits.</summary>
    /// <param name="source">See <see cref="QuantizationRequest"/>; so are the next four.</param>
    /// <param name="normalForm">The network.</param>
    /// <param name="preprocessing">Of its first input.</param>
    /// <param name="statistics">Of its activations.</param>
    /// <param name="samples">For bias correction.</param>
    /// <param name="warnings">Takes findings that do not end the compilation.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <exception cref="ModelException">A node has no integer form, or an accumulator cannot be proved to fit.</exception>
    public static QuantizedNetwork Quantize(
        NetworkGraph source,
        NetworkGraph normalForm,
        InputPreprocessing? preprocessing,
        CalibrationStatistics statistics,
        IInputSamples? samples,
        ICollection<Diagnostic> warnings,
        CancellationToken cancellation) =>
        Quantize(new QuantizationRequest(source, normalForm, preprocessing, statistics, samples), warnings, cancellation);

    /// <summary>Quantizes a network to the bit widths of the request.</summary>
    /// <inheritdoc cref="Quantize(NetworkGraph, NetworkGraph, InputPreprocessing?, CalibrationStatistics, IInputSamples?, ICollection{Diagnostic}, CancellationToken)"/>
    public static QuantizedNetwork Quantize(QuantizationRequest request, ICollection<Diagnostic> warnings, CancellationToken cancellation) =>
        QuantizeGraph(request, warnings, cancellation).Network;

    /// <summary>The same, and which tensor each value became.</summary>
    internal static QuantizedGraph QuantizeGraph(
        QuantizationRequest request, ICollection<Diagnostic> warnings, CancellationToken cancellation)
    {
        var normalForm = request.NormalForm;
        foreach (var node in normalForm.Nodes)
            RequireSupported(node);

        var uses = new GraphUses(normalForm);
        var shared = SharedQuantizers.Find(normalForm, uses, FeatureMaps.RawInputs(normalForm, request.Preprocessing is not null));
        var quantizers = QuantizerAssignment.Assign(shared, uses, request.Statistics, request.Bits, request.Pinned, request.Settings, request.Quantizers);
        var builder = new NetworkBuilder(uses, quantizers, request, warnings, cancellation);

        var ports = new NetworkPorts(request.Source, normalForm, uses, request.Preprocessing);
        var inputs = ports.Inputs(builder);
        foreach (var node in normalForm.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Add(node, builder);
        }

        var network = builder.Build(normalForm.Name, inputs, ports.Outputs(builder));
        NetworkInvariants.Verify(network);
        return new QuantizedGraph(network, builder.Indices);
    }

    /// <summary>Refuses operators before anything is computed, and tensors without elements, for which no layer is defined.</summary>
    private static void RequireSupported(Node node)
    {
        bool supported = node.Operator is Identity or Binary || QuantizableOperators.Contains(node.Operator.Name);
        if (!supported)
            throw Unsupported.Operator(node, "docs/operators.md lists those that have one; move it behind the network, or replace it.");

        foreach (var output in node.Outputs)
        {
            if (output.Shape.Elements == 0)
                throw Unsupported.Form(node, "the result of shape " + output.Shape + " is empty", "Check the model's shapes.");
        }
    }

    private static void Add(Node node, NetworkBuilder builder)
    {
        switch (node.Operator)
        {
            case Dequantize when ImportedQuantization.IsConstant(node):
                break;
            case Graph.Operators.Quantize or Dequantize:
                ImportedQuantizerQuantization.Add(node, builder);
                break;
            case Conv conv:
                ConvQuantization.Add(node, conv, builder);
                break;
            case Binary binary:
                BinaryQuantization.Add(node, binary, builder);
                break;
            case MatMul:
                MatMulQuantization.Add(node, builder);
                break;
            case Unary or Clip:
                UnaryQuantization.Add(node, builder);
                break;
            case PRelu:
                PReluQuantization.Add(node, builder);
                break;
            case MaxPool pool:
                PoolQuantization.AddMax(node, pool, builder);
                break;
            case AveragePool pool:
                PoolQuantization.AddAverage(node, pool, builder);
                break;
            case Reduce reduce:
                ReduceQuantization.Add(node, reduce, builder);
                break;
            case Softmax softmax:
                SoftmaxQuantization.Add(node, softmax, builder);
                break;
            case ArgMax argMax:
                ArgMaxQuantization.Add(node, argMax, builder);
                break;
            case Resize resize:
                ResizeQuantization.Add(node, resize, builder);
                break;
            default:
                AddMove(node, builder);
                break;
        }
    }

    private static void AddMove(Node node, NetworkBuilder builder)
    {
        switch (node.Operator)
        {
            case Concat concat:
                ConcatQuantization.Add(node, concat, builder);
                break;
            case Reshape or Identity:
                CopyQuantization.AddReshape(node, builder);
                break;
            case Slice slice:
                CopyQuantization.AddSlice(node, slice, builder);
                break;
            case Split split:
                CopyQuantization.AddSplit(node, split, builder);
                break;
            case Transpose transpose:
                CopyQuantization.AddTranspose(node, transpose, builder);
                break;
            case Expand:
                CopyQuantization.AddExpand(node, builder);
                break;
            case Gather gather:
                CopyQuantization.AddGather(node, gather, builder);
                break;
            case Pad pad:
                CopyQuantization.AddPad(node, pad, builder);
                break;
            default:
                throw new System.NotSupportedException("No integer form of " + node.Operator.Name + ".");
        }
    }
}
