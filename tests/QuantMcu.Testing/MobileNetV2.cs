using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing;

/// <summary>
/// MobileNetV2 (Sandler et al. 2018, table 2) with random weights, for questions that shapes alone decide: memory and work. Codes run through
/// it as through a real one.
/// </summary>
public sealed class MobileNetV2
{
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private readonly List<QuantizedTensor> tensors = new();
    private readonly List<QuantizedLayer> layers = new();
    private readonly Random random = new(2018);
    private readonly int bits;

    private MobileNetV2(int bits) => this.bits = bits;

    /// <summary>Builds the network.</summary>
    /// <param name="width">Multiplier of all channels but the last convolution's 1280; channels are multiples of 8.</param>
    /// <param name="size">Height and width of the image, which has three channels of uint8.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="bits">Bits of all feature maps but the image and the logits, which have 8.</param>
    public static QuantizedNetwork Build(double width, int size, int classes, int bits = 8) => new MobileNetV2(bits).Build(width, size, classes);

    /// <summary>The same architecture as a float model, with relu6 and random weights by which values keep their size from layer to layer.</summary>
    /// <inheritdoc cref="Build(double, int, int, int)"/>
    public static byte[] Onnx(double width, int size, int classes)
    {
        var random = new Random(2018);
        var model = new OnnxBuilder().Constant("zero", [0]).Constant("six", [6]).Input("x0", 1, 3, size, size);
        int count = 0;
        string Next(string @operator, string[] inputs, params (string Name, object Value)[] attributes)
        {
            model.Node(@operator, inputs, ["x" + ++count], attributes);
            return "x" + count;
        }

        (string Name, int Channels) Conv((string Name, int Channels) x, int kernel, int stride, int groups, int outputs, bool relu)
        {
            int fanIn = kernel * kernel * x.Channels / groups;
            model.Constant("w" + count, Uniform(random, outputs * fanIn, Math.Sqrt(6.0 / fanIn)), outputs, x.Channels / groups, kernel, kernel);
            model.Constant("b" + count, Uniform(random, outputs, 0.1), outputs);
            string y = Next(
                "Conv", [x.Name, "w" + count, "b" + count], ("group", groups), ("strides", new[] { stride, stride }),
                ("pads", new[] { kernel / 2, kernel / 2, kernel / 2, kernel / 2 }));
            return (relu ? Next("Clip", [y, "zero", "six"]) : y, outputs);
        }

        var x = Conv(("x0", 3), 3, 2, 1, Rounded(32 * width), true);
        foreach (var (expansion, channels, blocks, stride) in Stages)
        {
            for (int block = 0; block < blocks; block++)
            {
                var wide = expansion == 1 ? x : Conv(x, 1, 1, 1, x.Channels * expansion, true);
                wide = Conv(wide, 3, block == 0 ? stride : 1, wide.Channels, wide.Channels, true);
                var y = Conv(wide, 1, 1, 1, Rounded(channels * width), false);
                x = block > 0 ? (Next("Add", [x.Name, y.Name]), y.Channels) : y;
            }
        }

        x = Conv(x, 1, 1, 1, 1280, true);
        string mean = Next("GlobalAveragePool", [x.Name]);
        x = Conv((mean, 1280), 1, 1, 1, classes, false);
        return model.Output(Next("Flatten", [x.Name])).ToBytes();
    }

    private static float[] Uniform(Random random, int count, double limit) =>
        Enumerable.Range(0, count).Select(_ => (float)(((2 * random.NextDouble()) - 1) * limit)).ToArray();

    private QuantizedNetwork Build(double width, int size, int classes)
    {
        int image = Tensor(new Shape(1, size, size, 3), 8);
        int x = Conv(image, 3, 2, 1, Rounded(32 * width));
        foreach (var (expansion, channels, blocks, stride) in Stages)
        {
            for (int block = 0; block < blocks; block++)
                x = Block(x, expansion, Rounded(channels * width), block == 0 ? stride : 1);
        }

        x = GlobalMean(Conv(x, 1, 1, 1, 1280));
        int logits = Conv(x, 1, 1, 1, classes, outputBits: 8);
        var network = new QuantizedNetwork(
            "MobileNetV2", [.. tensors], [.. layers], [Port("image", image)], [Port("logits", logits)]);
        NetworkInvariants.Verify(network);
        return network;
    }

    private static int Rounded(double channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    private int Block(int x, int expansion, int channels, int stride)
    {
        int inputs = tensors[x].Shape[3];
        int y = expansion == 1 ? x : Conv(x, 1, 1, 1, inputs * expansion);
        y = Conv(y, 3, stride, inputs * expansion, inputs * expansion);
        y = Conv(y, 1, 1, 1, channels);
        return stride == 1 && inputs == channels ? Add(x, y) : y;
    }

    private int Tensor(Shape shape, int tensorBits)
    {
        tensors.Add(new QuantizedTensor("t" + tensors.Count, shape, new Quantizer(0.05, 0, tensorBits)));
        return tensors.Count - 1;
    }

    private NetworkPort Port(string name, int tensor) => new(name, tensor, false, tensors[tensor].Shape);

    private int Conv(int x, int kernel, int stride, int groups, int outputs, int? outputBits = null)
    {
        var input = tensors[x].Shape;
        int pad = kernel / 2, perGroup = input[3] / groups;
        var window = new Window([kernel, kernel], [stride, stride], [1, 1], [pad, pad], [pad, pad]);
        int y = Tensor(new Shape(1, window.OutputSize(0, input[1]), window.OutputSize(1, input[2]), outputs), outputBits ?? bits);
        var weights = Enumerable.Range(0, outputs * kernel * kernel * perGroup).Select(_ => (sbyte)random.Next(-40, 60)).ToArray();

        // The mean of the weights is 9.5: codes neither vanish nor saturate with depth.
        double gain = (tensors[y].Quantizer.MaxCode + 1.0) / ((tensors[x].Quantizer.MaxCode + 1) * 9.3 * kernel * kernel * perGroup);
        layers.Add(new ConvLayer(
            "conv" + layers.Count, [x], y, window, groups, weights, 8, Enumerable.Repeat(0.01, outputs).ToArray(), new int[outputs],
            Requantize(gain, y, preShift: 4), new byte[input[3]])
        {
            FullyConnected = input[1] * input[2] * kernel == 1,
        });
        return y;
    }

    private Requantization Requantize(double gain, int y, int preShift) =>
        new([checked((int)(gain * Math.Pow(2, 32 + 8 - preShift)))], preShift, 8, 0, 0, tensors[y].Quantizer.MaxCode);

    private int Add(int a, int b)
    {
        int y = Tensor(tensors[a].Shape, bits);
        layers.Add(new AddLayer("add" + layers.Count, [a, b], y, 1, 1, 1, 1, 0, tensors[y].Quantizer.MaxCode));
        return y;
    }

    private int GlobalMean(int x)
    {
        var shape = tensors[x].Shape;
        int y = Tensor(new Shape(1, 1, 1, shape[3]), bits);
        int pixels = shape[1] * shape[2];
        layers.Add(new ReduceLayer("mean", [x], y, ReduceKind.Mean, 1, pixels, shape[3], Requantize(1.0 / pixels, y, preShift: 10)));
        return y;
    }
}
