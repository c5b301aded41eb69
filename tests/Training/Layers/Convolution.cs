using System;

namespace QuantMcu.Training.Layers;

/// <summary>Every output channel from all input channels. Weights are [tap][input][output].</summary>
internal sealed class Convolution : Layer
{
    private readonly float[] transposed;

    public Convolution(Window window, int inputs, int outputs, bool rectified, Random random)
        : base(window, inputs, outputs, window.Taps * inputs * outputs, rectified, random)
    {
        transposed = new float[Weights.Values.Length];
        Refresh();
    }

    public override void Refresh()
    {
        for (int i = 0; i < transposed.Length; i++)
        {
            (int row, int output) = Math.DivRem(i, Outputs);
            (int tap, int input) = Math.DivRem(row, Inputs);
            transposed[(((tap * Outputs) + output) * Inputs) + input] = Weights.Values[i];
        }
    }

    protected override void AddTaps(float[] map, float[] sums) => Window.ForEach((output, tap, pixel) =>
    {
        var row = sums.AsSpan(output * Outputs, Outputs);
        for (int i = 0; i < Inputs; i++)
        {
            float value = map[(pixel * Inputs) + i];
            if (value != 0)
                Rows.AddScaled(row, Weights.Values.AsSpan(((tap * Inputs) + i) * Outputs, Outputs), value);
        }
    });

    protected override void AddGradients(float[] map, float[] gradient, float[] ofInput) => Window.ForEach((output, tap, pixel) =>
    {
        var row = gradient.AsSpan(output * Outputs, Outputs);
        for (int i = 0; i < Inputs; i++)
        {
            float value = map[(pixel * Inputs) + i];
            if (value != 0)
                Rows.AddScaled(Weights.Gradient.AsSpan(((tap * Inputs) + i) * Outputs, Outputs), row, value);
        }

        var ofPixel = ofInput.AsSpan(pixel * Inputs, Inputs);
        for (int i = 0; i < Outputs; i++)
        {
            if (row[i] != 0)
                Rows.AddScaled(ofPixel, transposed.AsSpan(((tap * Outputs) + i) * Inputs, Inputs), row[i]);
        }
    });

    protected override float[] OnnxWeights()
    {
        float[] ordered = new float[Weights.Values.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            (int row, int output) = Math.DivRem(i, Outputs);
            (int tap, int input) = Math.DivRem(row, Inputs);
            ordered[(((output * Inputs) + input) * Window.Taps) + tap] = Weights.Values[i];
        }

        return ordered;
    }
}
