using System.Collections.Generic;
using System.Collections.Immutable;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reports;

/// <summary>What one node of a float network costs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Macs">Multiply-accumulates of one execution, padding taps counted, as the field does.</param>
/// <param name="Parameters">Elements of the constants that the node is the first to use: weights, biases, slopes.</param>
public sealed record LayerCost(Node Node, long Macs, long Parameters)
{
    /// <summary>The cost of every node, in execution order.</summary>
    public static ImmutableArray<LayerCost> Of(NetworkGraph graph)
    {
        var counted = new HashSet<Value>();
        var costs = ImmutableArray.CreateBuilder<LayerCost>(graph.Nodes.Length);
        foreach (var node in graph.Nodes)
            costs.Add(new LayerCost(node, MacsOf(node), ParametersOf(node, counted)));

        return costs.MoveToImmutable();
    }

    private static long MacsOf(Node node) => node.Operator switch
    {
        Conv conv => (long)node.Output.Shape.Elements * WeightsPerOutput(node.Inputs[1]!.Shape, conv),
        Gemm gemm => (long)node.Output.Shape.Elements * node.Inputs[0]!.Shape[gemm.TransposeA ? 0 : 1],
        MatMul => (long)node.Output.Shape.Elements * LastAxis(node.Inputs[0]!.Shape),
        _ => 0,
    };

    private static long WeightsPerOutput(Shape weights, Conv conv)
    {
        int perGroup = conv.Layout == Layout.ChannelsFirst ? weights[1] : weights[weights.Rank - 1];
        return (long)perGroup * conv.Window.Taps;
    }

    private static int LastAxis(Shape shape) => shape[shape.Rank - 1];

    // Scales and zero points say how parameters are stored; they are none themselves.
    private static long ParametersOf(Node node, HashSet<Value> counted)
    {
        int operands = node.Operator is Quantize or Dequantize ? 1 : node.Inputs.Length;
        long parameters = 0;
        for (int i = 0; i < operands; i++)
        {
            if (node.Inputs[i] is { Constant: { } constant } value && counted.Add(value))
                parameters += constant.Shape.Elements;
        }

        return parameters;
    }
}
