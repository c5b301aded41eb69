using System;
using System.Collections.Generic;
using QuantMcu.Testing;

namespace QuantMcu.Training.Layers;

/// <summary>Sums over windows, a bias and a rectifier where there is one. Maps are arrays, channels last.</summary>
internal abstract class Layer
{
    private readonly bool rectified;
    private float[] input = [], output = [];

    protected Layer(Window window, int inputs, int outputs, int weights, bool rectified, Random random)
    {
        this.rectified = rectified;
        (Window, Inputs, Outputs) = (window, inputs, outputs);
        Weights = new Parameter(weights);
        Weights.Randomize(random, Math.Sqrt(2.0 * outputs / weights));
        Bias = new Parameter(outputs);
    }

    /// <summary>Channels.</summary>
    public int Inputs { get; }

    /// <inheritdoc cref="Inputs"/>
    public int Outputs { get; }

    public Window Window { get; }

    /// <summary>Multiply-accumulates, padding included.</summary>
    public int Macs => Window.Outputs * Window.Outputs * Weights.Values.Length;

    public IEnumerable<Parameter> Parameters => [Weights, Bias];

    protected Parameter Weights { get; }

    protected Parameter Bias { get; }

    public float[] Forward(float[] map)
    {
        input = map;
        output = new float[Window.Outputs * Window.Outputs * Outputs];
        for (int start = 0; start < output.Length; start += Outputs)
            Bias.Values.CopyTo(output, start);

        AddTaps(input, output);
        if (rectified)
        {
            for (int i = 0; i < output.Length; i++)
                output[i] = MathF.Max(output[i], 0);
        }

        return output;
    }

    /// <summary>Adds to the gradients of the parameters; returns that of the input of the latest <see cref="Forward"/>.</summary>
    /// <param name="gradient">Of the output. It is changed.</param>
    public float[] Backward(float[] gradient)
    {
        for (int i = 0; rectified && i < gradient.Length; i++)
            gradient[i] = output[i] > 0 ? gradient[i] : 0;

        for (int start = 0; start < gradient.Length; start += Outputs)
            Rows.AddScaled(Bias.Gradient, gradient.AsSpan(start, Outputs), 1);

        float[] ofInput = new float[input.Length];
        AddGradients(input, gradient, ofInput);
        return ofInput;
    }

    /// <summary>Adds the node and its weights to an ONNX model.</summary>
    public void Export(OnnxBuilder model, string from, string to)
    {
        string sums = rectified ? to + "_sums" : to;
        int depth = Weights.Values.Length / Window.Taps / Outputs;
        model.Constant(to + "_w", OnnxWeights(), Outputs, depth, Window.Kernel, Window.Kernel).Constant(to + "_b", Bias.Values, Outputs)
            .Node(
                "Conv", [from, to + "_w", to + "_b"], [sums], ("group", Inputs / depth), ("strides", new[] { Window.Stride, Window.Stride }),
                ("pads", new[] { Window.Padding, Window.Padding, Window.Padding, Window.Padding }));
        if (rectified)
            model.Node("Relu", [sums], [to]);
    }

    /// <summary>Called when the weights have changed.</summary>
    public virtual void Refresh()
    {
    }

    protected abstract void AddTaps(float[] map, float[] sums);

    protected abstract void AddGradients(float[] map, float[] gradient, float[] ofInput);

    /// <summary>Weights in the order of ONNX.</summary>
    protected abstract float[] OnnxWeights();
}
