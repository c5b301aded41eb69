using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>
/// The oracle of the quantized network: executes every layer by the formula in its docstring and nothing else. Every back end must give
/// the same codes. One code is one byte here, whatever the tensor's bits.
/// </summary>
public static class IntegerInterpreter
{
    /// <summary>Codes of the network's outputs, in the order of <see cref="QuantizedNetwork.Outputs"/>.</summary>
    /// <inheritdoc cref="RunAll"/>
    public static byte[][] Run(QuantizedNetwork network, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation = default)
    {
        var codes = RunAll(network, inputCodes, cancellation);
        return network.Outputs.Select(port => codes[port.Tensor]).ToArray();
    }

    /// <summary>
    /// Codes of every tensor, indexed as <see cref="QuantizedNetwork.Tensors"/>. A patch stage runs first (<see cref="PatchInterpreter"/>); of its
    /// tensors only the split tensor is one of the network's.
    /// </summary>
    /// <param name="network">A network that satisfies <see cref="Quantization.Invariants.NetworkInvariants"/>.</param>
    /// <param name="inputCodes">
    /// Codes of the inputs, in the order of <see cref="QuantizedNetwork.Inputs"/>, each in its tensor's layout. Codes are unsigned: the
    /// caller of a signed port passes its value plus 128.
    /// </param>
    /// <param name="cancellation">Looked at for every output row.</param>
    /// <exception cref="ArgumentException">The number of inputs or of codes is wrong.</exception>
    public static byte[][] RunAll(QuantizedNetwork network, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation = default)
    {
        if (inputCodes.Count != network.Inputs.Length)
            throw new ArgumentException("The network has " + network.Inputs.Length + " inputs, not " + inputCodes.Count + ".", nameof(inputCodes));

        var tensors = new IntegerTensors(network.Tensors);
        for (int i = 0; i < inputCodes.Count; i++)
            tensors.SetInput(network.Inputs[i].Tensor, inputCodes[i]);

        if (network.Patches is { } patches)
            tensors.Set(patches.Output, PatchInterpreter.Run(network, inputCodes, cancellation).Codes);

        foreach (var layer in network.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            Execute(layer, tensors, cancellation);
        }

        return tensors.All;
    }

    internal static void Execute(QuantizedLayer layer, IntegerTensors tensors, CancellationToken cancellation)
    {
        switch (layer)
        {
            case ConvLayer conv:
                IntegerConv.Run(conv, tensors, cancellation);
                break;
            case MatMulLayer matMul:
                IntegerMatMul.Run(matMul, tensors, cancellation);
                break;
            case AddLayer add:
                IntegerAdd.Run(add, tensors);
                break;
            case MulLayer mul:
                IntegerMul.Run(mul, tensors);
                break;
            case MaxPoolLayer maxPool:
                IntegerMaxPool.Run(maxPool, tensors, cancellation);
                break;
            case AveragePoolLayer averagePool:
                IntegerAveragePool.Run(averagePool, tensors, cancellation);
                break;
            case ReduceLayer reduce:
                IntegerReduce.Run(reduce, tensors);
                break;
            case LookupLayer lookup:
                IntegerLookup.Run(lookup, tensors);
                break;
            case PReluLayer prelu:
                IntegerPRelu.Run(prelu, tensors);
                break;
            case ConcatLayer concat:
                IntegerConcat.Run(concat, tensors);
                break;
            case StridedCopyLayer copy:
                IntegerStridedCopy.Run(copy, tensors);
                break;
            case PadLayer pad:
                IntegerPad.Run(pad, tensors);
                break;
            case ResizeLayer resize:
                IntegerResize.Run(resize, tensors, cancellation);
                break;
            case ReshapeLayer reshape:
                IntegerReshape.Run(reshape, tensors);
                break;
            case SoftmaxLayer softmax:
                IntegerSoftmax.Run(softmax, tensors);
                break;
            case ArgMaxLayer argMax:
                IntegerArgMax.Run(argMax, tensors);
                break;
            case FusedLayer fused:
                IntegerFused.Run(fused, tensors, cancellation);
                break;
            default:
                throw new NotSupportedException("No integer reference for " + layer.GetType().Name + ".");
        }
    }
}
