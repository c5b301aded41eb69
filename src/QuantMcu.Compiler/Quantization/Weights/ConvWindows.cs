using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// What a convolution multiplies its weights by: the values under its window at some of the output pixels, padding included, in the order of the
/// weights.
/// </summary>
internal sealed class ConvWindows
{
    private readonly Conv conv;
    private readonly Shape input;
    private readonly Shape output;
    private readonly int perGroup;

    public ConvWindows(Node node)
    {
        Node = node;
        conv = (Conv)node.Operator;
        input = node.Inputs[0]!.Shape;
        output = node.Output.Shape;
        perGroup = input[3] / conv.Groups;
    }

    public Node Node { get; }

    public int Groups => conv.Groups;

    /// <summary>Weights of one output channel.</summary>
    public int PerChannel => conv.Window.Taps * perGroup;

    public int Pixels => output[0] * output[1] * output[2];

    /// <summary>Windows at evenly spaced pixels, as [window, group, tap, channel of the group].</summary>
    /// <param name="values">The input image.</param>
    /// <param name="count">Number of windows; at most <see cref="Pixels"/>.</param>
    /// <param name="phase">0 .. 1: where between two spaces the first lies, so that samples do not all show the same pixels.</param>
    public float[] Gather(ReadOnlySpan<float> values, int count, double phase)
    {
        var windows = new float[count * Groups * PerChannel];
        double spacing = (double)Pixels / count;
        for (int i = 0; i < count; i++)
            Gather(values, Math.Min(Pixels - 1, (int)((i + phase) * spacing)), windows, i * Groups * PerChannel);
        return windows;
    }

    private void Gather(ReadOnlySpan<float> values, int pixel, float[] windows, int start)
    {
        var window = conv.Window;
        int column = pixel % output[2], row = pixel / output[2] % output[1], image = pixel / output[2] / output[1];
        for (int tap = 0; tap < window.Taps; tap++)
        {
            int iy = (row * window.Strides[0]) - window.PadsBegin[0] + (tap / window.Kernel[1] * window.Dilations[0]);
            int ix = (column * window.Strides[1]) - window.PadsBegin[1] + (tap % window.Kernel[1] * window.Dilations[1]);
            bool inside = iy >= 0 && iy < input[1] && ix >= 0 && ix < input[2];
            int source = ((((image * input[1]) + iy) * input[2]) + ix) * input[3];
            for (int channel = 0; channel < input[3]; channel++)
            {
                int group = channel / perGroup;
                windows[start + (group * PerChannel) + (tap * perGroup) + (channel % perGroup)] =
                    inside ? values[source + channel] : conv.PadValues.Length == 0 ? 0 : conv.PadValues[channel];
            }
        }
    }
}
