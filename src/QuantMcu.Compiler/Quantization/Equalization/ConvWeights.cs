using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>Weights and bias of a convolution while channels are being scaled.</summary>
internal sealed class ConvWeights
{
    private readonly Node node;
    private readonly float[] weights;
    private readonly float[] bias;

    /// <summary>Weights of one output channel, and input channels that it reads.</summary>
    private readonly int perOutput;
    private readonly int perGroup;
    private readonly int outputsPerGroup;
    private readonly int inputs;

    public ConvWeights(Node node)
    {
        this.node = node;
        weights = (float[])node.Inputs[1]!.Constant!.ToFloats().Clone();
        bias = (float[])node.Inputs[2]!.Constant!.ToFloats().Clone();
        var conv = (Conv)node.Operator;
        perOutput = weights.Length / bias.Length;
        perGroup = perOutput / conv.Window.Taps;
        outputsPerGroup = bias.Length / conv.Groups;
        inputs = perGroup * conv.Groups;
        IsDepthwise = perGroup == 1;
    }

    /// <summary>Every output channel reads one input channel, so a factor of the input is one of the output's weights.</summary>
    public bool IsDepthwise { get; }

    /// <summary>Largest absolute weight of every input channel.</summary>
    public double[] InputRanges()
    {
        var ranges = new double[inputs];
        for (int i = 0; i < weights.Length; i++)
            ranges[Input(i)] = Math.Max(ranges[Input(i)], Math.Abs((double)weights[i]));
        return ranges;
    }

    public void ScaleOutputs(double[] factors)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] * factors[i / perOutput]);
        for (int m = 0; m < bias.Length; m++)
            bias[m] = (float)(bias[m] * factors[m]);
    }

    public void ScaleInputs(double[] factors)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] / factors[Input(i)]);
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

    /// <summary>The input channel that the weight at a flat index multiplies.</summary>
    private int Input(int index) => (index / perOutput / outputsPerGroup * perGroup) + (index % perGroup);
}
