using System;
using System.Collections.Generic;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>
/// The meaning of a float network: every operator in plain loops, sums in double, one rounding to the element type at the end.
/// Slow on purpose; what is fast is compared with it. Also folds constants, whatever their element type.
/// </summary>
public static class FloatInterpreter
{
    /// <summary>Executes a network on one set of inputs.</summary>
    /// <param name="network">Any network, in either layout.</param>
    /// <param name="inputs">One tensor per graph input, in order, of the declared type.</param>
    /// <returns>One tensor per graph output, in order.</returns>
    /// <exception cref="ArgumentException">The inputs do not have the declared types.</exception>
    /// <exception cref="ModelException">A node cannot be evaluated on these values (an index out of range, say).</exception>
    public static Tensor[] Run(NetworkGraph network, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        var known = Bind(network, inputs);
        foreach (var node in network.Nodes)
        {
            var operands = new Tensor?[node.Inputs.Length];
            for (int i = 0; i < operands.Length; i++)
                operands[i] = node.Inputs[i] is { } value ? Lookup(known, value) : null;

            var results = Evaluate(node, operands, cancellation);
            for (int i = 0; i < results.Length; i++)
                known[node.Outputs[i]] = results[i];
        }

        var outputs = new Tensor[network.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = Lookup(known, network.Outputs[i]);

        return outputs;
    }

    /// <summary>Applies one node's operator.</summary>
    /// <param name="node">The node; its input and output values give the types.</param>
    /// <param name="inputs">One tensor per input of the node; null where an optional input is absent.</param>
    /// <param name="cancellation">Looked at between nodes, and between the rows of heavy operators.</param>
    /// <returns>One tensor per output of the node.</returns>
    /// <exception cref="ModelException">The node cannot be evaluated on these values.</exception>
    public static Tensor[] Evaluate(Node node, Tensor?[] inputs, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var operands = new Operands(node, inputs, cancellation);
        return node.Operator switch
        {
            Split split => SplitReference.Evaluate(split, operands),
            DynamicQuantize => DynamicQuantizeReference.Evaluate(operands),
            _ => [EvaluateOne(node.Operator, operands)],
        };
    }

    private static Tensor EvaluateOne(Operator @operator, Operands operands) => @operator switch
    {
        ArgMax argMax => ArgMaxReference.Evaluate(argMax, operands),
        AveragePool pool => AveragePoolReference.Evaluate(pool, operands),
        BatchNormalization normalization => BatchNormalizationReference.Evaluate(normalization, operands),
        Binary binary => BinaryReference.Evaluate(binary, operands),
        Cast => CastReference.Evaluate(operands),
        Clip clip => ClipReference.Evaluate(clip, operands),
        Concat concat => ConcatReference.Evaluate(concat, operands),
        Conv conv => ConvReference.Evaluate(conv, operands),
        Dequantize dequantize => DequantizeReference.Evaluate(dequantize, operands),
        Expand => ExpandReference.Evaluate(operands),
        Gather gather => GatherReference.Evaluate(gather, operands),
        Gemm gemm => GemmReference.Evaluate(gemm, operands),
        Identity => operands[0],
        MatMul => MatMulReference.Evaluate(operands),
        MaxPool pool => MaxPoolReference.Evaluate(pool, operands),
        Pad pad => PadReference.Evaluate(pad, operands),
        PRelu => PReluReference.Evaluate(operands),
        Quantize quantize => QuantizeReference.Evaluate(quantize, operands),
        Reduce reduce => ReduceReference.Evaluate(reduce, operands),
        Reshape reshape => operands[0].Reshape(reshape.Shape),
        Resize resize => ResizeReference.Evaluate(resize, operands),
        ShapeOf shapeOf => ShapeOfReference.Evaluate(shapeOf, operands),
        Slice slice => SliceReference.Evaluate(slice, operands),
        Softmax softmax => SoftmaxReference.Evaluate(softmax, operands),
        Transpose transpose => TransposeReference.Evaluate(transpose, operands),
        Unary unary => UnaryReference.Evaluate(unary, operands),
        _ => throw new NotSupportedException("No reference for operator " + @operator.Name + "."),
    };

    private static Dictionary<Value, Tensor> Bind(NetworkGraph network, IReadOnlyList<Tensor> inputs)
    {
        int expected = network.Inputs.Length;
        if (inputs.Count != expected)
            throw new ArgumentException("The network has " + expected + " inputs, not " + inputs.Count + ".", nameof(inputs));

        var known = new Dictionary<Value, Tensor>();
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Type != network.Inputs[i].Type)
                throw new ArgumentException("Input " + network.Inputs[i] + " cannot be " + inputs[i].Type + ".", nameof(inputs));

            known[network.Inputs[i]] = inputs[i];
        }

        return known;
    }

    private static Tensor Lookup(Dictionary<Value, Tensor> known, Value value) => value.Constant ?? known[value];
}
