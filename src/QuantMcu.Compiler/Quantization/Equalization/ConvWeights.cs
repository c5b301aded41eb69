using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>Weights and bias of a convolution while channels are being scaled.</summary>
internal sealed class ConvWeights
{
    private readonly Node node;
    private readonly ConvIndex index;
    private readonly float[] weights;
    private readonly float[] bias;

    public ConvWeights(Node node)
    {
        this.node = node;
        index = new ConvIndex((Conv)node.Operator, node.Inputs[1]!.Shape);
        weights = (float[])node.Inputs[1]!.Constant!.ToFloats().Clone();
        bias = (float[])node.Inputs[2]!.Constant!.ToFloats().Clone();
    }

    public void ScaleOutputs(double[] factors)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] * factors[index.Output(i)]);
        for (int m = 0; m < bias.Length; m++)
            bias[m] = (float)(bias[m] * factors[m]);
    }

    public void ScaleInputs(double[] factors)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] / factors[index.Input(i)]);
    }

    /// <summary>The same convolution with these weights; its output value stays the same.</summary>
    public Node ToNode()
    {
        Value w = node.Inputs[1]!, b = node.Inputs[2]!;
        var scaled = node.Inputs
            .SetItem(1, new Value(w.Name, Tensor.Of(w.Shape, weights)))
            .SetItem(2, new Value(b.Name, Tensor.Of(b.Shape, bias)));
        return new Node(node.Name, node.Operator, scaled, node.Outputs);
    }
}
