using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Testing;
using QuantMcu.Training.Layers;

namespace QuantMcu.Training;

/// <summary>
/// The small network of the meter: two convolutions with strides and two dense layers, which are convolutions over the whole map. As much as an
/// interpreter of managed code runs in a blink.
/// </summary>
internal sealed class Network
{
    /// <summary>Ten digits, and none.</summary>
    public const int Classes = 11;

    private const float LabelSmoothing = 0.05f;

    private readonly List<Layer> layers = [];

    public Network(Random random)
    {
        Add(new Convolution(new Window(Pictures.Size, 4, 2, 1), 1, 6, rectified: true, random));
        Add(new Convolution(new Window(Size, 4, 3, 0), 6, 24, rectified: true, random));
        Add(new Convolution(new Window(Size, Size, 1, 0), 24, 64, rectified: true, random));
        Add(new Convolution(new Window(Size, 1, 1, 0), 64, Classes, rectified: false, random));
    }

    public int Macs => layers.Sum(layer => layer.Macs);

    public IEnumerable<Parameter> Parameters => layers.SelectMany(layer => layer.Parameters);

    private int Size => layers[^1].Window.Outputs;

    /// <summary>Scores of the classes.</summary>
    public float[] Forward(float[] picture) => layers.Aggregate(picture, (map, layer) => layer.Forward(map));

    /// <summary>Adds the gradient of a sample's cross entropy; returns whether the sample was recognized.</summary>
    public bool Learn(float[] picture, int label)
    {
        float[] scores = Forward(picture);
        bool recognized = Array.IndexOf(scores, scores.Max()) == label;
        float[] gradient = Softmax(scores);
        for (int i = 0; i < Classes; i++)
            gradient[i] -= (LabelSmoothing / Classes) + (i == label ? 1 - LabelSmoothing : 0);

        for (int i = layers.Count - 1; i >= 0; i--)
            gradient = layers[i].Backward(gradient);

        return recognized;
    }

    /// <summary>One step of all parameters.</summary>
    public void Step(float rate, float decay, int samples)
    {
        foreach (var parameter in Parameters)
            parameter.Step(rate, decay, samples);

        layers.ForEach(layer => layer.Refresh());
    }

    /// <summary>Share of the pictures that are recognized.</summary>
    public double Accuracy(Pictures pictures)
    {
        int right = 0;
        for (int i = 0; i < pictures.Count; i++)
        {
            float[] scores = Forward(pictures.Values(i));
            right += Array.IndexOf(scores, scores.Max()) == pictures.Labels[i] ? 1 : 0;
        }

        return (double)right / pictures.Count;
    }

    /// <summary>An ONNX model: pictures of 24 x 24 pixels in, scores of the classes out.</summary>
    public byte[] ToOnnx()
    {
        var model = new OnnxBuilder().Input("picture", 1, 1, Pictures.Size, Pictures.Size);
        string map = "picture";
        for (int i = 0; i < layers.Count; i++)
        {
            layers[i].Export(model, map, "layer" + i);
            map = "layer" + i;
        }

        return model.Node("Flatten", [map], ["scores"]).Output("scores").ToBytes();
    }

    private void Add(Layer layer) => layers.Add(layer);

    private static float[] Softmax(float[] scores)
    {
        float largest = scores.Max();
        float[] shares = [.. scores.Select(score => MathF.Exp(score - largest))];
        float sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
