using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Networks small enough that their code is read.</summary>
internal static class SmallNetworks
{
    private static readonly Quantizer Codes = new(0.25, 128);

    /// <summary>A signed image 1x4x4x2, a table, the mean of all pixels: nothing but short methods.</summary>
    public static QuantizedNetwork LookupAndMean()
    {
        var image = new Shape(1, 4, 4, 2);
        return new QuantizedNetwork(
            "small",
            [
                new QuantizedTensor("image", image, Codes),
                new QuantizedTensor("curve", image, Codes),
                new QuantizedTensor("mean", new Shape(1, 2), Codes),
            ],
            [
                new LookupLayer("sigmoid", [0], 1, "Sigmoid", Enumerable.Range(0, 256).Select(i => (byte)(255 - i)).ToArray()),
                new ReduceLayer("mean", [1], 2, ReduceKind.Mean, 1, 16, 2, new Requantization([1 << 28], 0, 0, 128, 0, 255)),
            ],
            [new NetworkPort("image", 0, true, new Shape(1, 2, 4, 4))],
            [new NetworkPort("mean", 2, false, new Shape(1, 2))]);
    }

    /// <summary>Sum of two inputs as two outputs, one of them signed.</summary>
    public static QuantizedNetwork TwoInputsTwoOutputs()
    {
        var shape = new Shape(1, 3);
        return new QuantizedNetwork(
            "pair",
            [
                new QuantizedTensor("a", shape, Codes),
                new QuantizedTensor("b", shape, Codes),
                new QuantizedTensor("sum", shape, Codes),
            ],
            [new AddLayer("sum", [0, 1], 2, 1 << 10, 1 << 10, -(128 << 10), 10, 0, 255)],
            [new NetworkPort("in", 0, false, shape), new NetworkPort("net/in:0", 1, true, shape)],
            [new NetworkPort("out", 2, true, shape), new NetworkPort("out", 2, false, shape)]);
    }

    /// <summary>A 3x3 convolution 1x6x6x3 to 1x6x6x4.</summary>
    public static QuantizedNetwork Convolution()
    {
        var window = new Window([3, 3], [1, 1], [1, 1], [1, 1], [1, 1]);
        var weights = Enumerable.Range(0, 4 * 27).Select(i => (sbyte)((i % 15) - 7)).ToArray();
        var requantization = new Requantization([1 << 29, 1 << 28, 1 << 28, 1 << 27], 0, 2, 100, 0, 255);
        return new QuantizedNetwork(
            "convolution",
            [
                new QuantizedTensor("image", new Shape(1, 6, 6, 3), Codes),
                new QuantizedTensor("features", new Shape(1, 6, 6, 4), new Quantizer(0.5, 100)),
            ],
            [new ConvLayer(
                "conv", [0], 1, window, 1, weights, 8, [1, 1, 1, 1], [10, -20, 30, -40], requantization, [128, 128, 128])],
            [new NetworkPort("image", 0, false, new Shape(1, 3, 6, 6)) { Mean = [10, 20, 30], Std = [2] }],
            [new NetworkPort("features", 1, false, new Shape(1, 4, 6, 6))]);
    }

    /// <summary>A 5x5 convolution 1x3x4x700 to 1x3x4x2: every window leaves the image, and none fits the room that kernels have on the stack.</summary>
    public static QuantizedNetwork ConvolutionWithVastWindows()
    {
        const int Channels = 700;
        var window = new Window([5, 5], [1, 1], [1, 1], [2, 2], [2, 2]);
        var weights = Enumerable.Range(0, 2 * 25 * Channels).Select(i => (sbyte)((i % 251) - 125)).ToArray();
        return new QuantizedNetwork(
            "convolution",
            [
                new QuantizedTensor("image", new Shape(1, 3, 4, Channels), Codes),
                new QuantizedTensor("features", new Shape(1, 3, 4, 2), Codes),
            ],
            [new ConvLayer(
                "conv", [0], 1, window, 1, weights, 8, [1, 1], [0, 0], new Requantization([1 << 20], 0, 2, 128, 0, 255),
                [.. Enumerable.Range(0, Channels).Select(i => (byte)i)])],
            [new NetworkPort("image", 0, false, new Shape(1, Channels, 3, 4))],
            [new NetworkPort("features", 1, false, new Shape(1, 2, 3, 4))]);
    }
}
