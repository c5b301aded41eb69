using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing.Native;

/// <summary>A layer of its own with random weights, to measure: a table narrows its input and another one widens its result where they have few bits.</summary>
/// <param name="Name">One letter.</param>
/// <param name="Title">For people.</param>
public sealed record LayerSubject(string Name, string Title)
{
    public static ImmutableArray<LayerSubject> All { get; } =
    [
        new("a", "1x1 convolution 16x16x64 -> 128"), new("b", "depthwise 3x3 32x32x32"), new("c", "3x3 convolution 64x64x3 -> 16, stride 2"),
        new("d", "dense 256 -> 100"),
    ];

    /// <summary>The network of the layer.</summary>
    /// <param name="inBits">Of input and result.</param>
    /// <param name="weightBits">Of weights; bell-shaped where they are 4, as trained ones are.</param>
    public QuantizedNetwork Network(int inBits, int weightBits)
    {
        var (x, outputs, groups, kernel, stride) = Name switch
        {
            "a" => (new Shape(1, 16, 16, 64), 128, 1, 1, 1),
            "b" => (new Shape(1, 32, 32, 32), 32, 32, 3, 1),
            "c" => (new Shape(1, 64, 64, 3), 16, 1, 3, 2),
            _ => (new Shape(1, 1, 1, 256), 100, 1, 1, 1),
        };
        var random = new Random(20_261_121);
        int channels = x[3], length = kernel * kernel * channels / groups, pad = kernel / 2;
        var window = new Window([kernel, kernel], [stride, stride], [1, 1], [pad, pad], [pad, pad]);
        var y = new Shape(1, x[1] / stride, x[2] / stride, outputs);
        var weights = Enumerable.Range(0, outputs * length).Select(_ => Weight(random, weightBits)).ToArray();
        int zero = 1 << (inBits - 1);
        int[] bias = Enumerable.Range(0, outputs)
            .Select(m => -zero * weights.Skip(m * length).Take(length).Sum(weight => weight) + random.Next(-20, 21)).ToArray();
        double ratio = (1 << inBits) / (Math.Sqrt(length) * (1 << weightBits) * (1 << inBits) / 4);
        int shift = 4;
        var multipliers = Enumerable.Range(0, Name == "d" ? 1 : outputs)
            .Select(_ => (int)(ratio * (0.75 + (random.NextDouble() / 2)) * Math.Pow(2, 32 + shift) / 4)).ToImmutableArray();
        var requantization = new Requantization(multipliers, 0, shift, zero, 0, (1 << inBits) - 1);
        var layer = new ConvLayer(
            "layer", [1], 2, window, groups, weights, weightBits, Enumerable.Repeat(0.01, outputs).ToArray(), bias, requantization,
            Enumerable.Repeat((byte)zero, channels).ToArray()) { FullyConnected = Name == "d" };
        return Surround(layer, x, y, inBits, inBits);
    }

    private static sbyte Weight(Random random, int bits) => bits switch
    {
        8 => (sbyte)random.Next(-127, 128),
        4 => (sbyte)(random.Next(8) + random.Next(8) - 7),
        _ => (sbyte)random.Next(-1, 2),
    };

    /// <summary>A network of a layer from tensor 1 to tensor 2, between codes of 8 bits.</summary>
    internal static QuantizedNetwork Surround(ConvLayer layer, Shape x, Shape y, int inBits, int outBits)
    {
        var byteCodes = new Quantizer(1, 0);
        Quantizer codes = Quantizer.OfCodeBits(1, 1 << (inBits - 1), inBits), results = Quantizer.OfCodeBits(1, 1 << (outBits - 1), outBits);
        var narrow = new LookupLayer("narrow", [0], 1, "Rescale", [.. Enumerable.Range(0, 256).Select(code => (byte)(code >> (8 - inBits)))]);
        var widen = new LookupLayer("widen", [2], 3, "Rescale", [.. Enumerable.Range(0, 1 << outBits).Select(code => (byte)code)]);
        return new QuantizedNetwork(
            layer.Name,
            [
                new QuantizedTensor("x8", x, byteCodes, null), new QuantizedTensor("x", x, codes, null),
                new QuantizedTensor("y", y, results, null), new QuantizedTensor("y8", y, byteCodes, null),
            ],
            [narrow, layer, widen],
            [new NetworkPort("x", 0, false, x)], [new NetworkPort("y", 3, false, y)]);
    }

    /// <summary>The step of the layer itself in a run of its network.</summary>
    public static StepCount StepOf(EmulatedRun run) => run.Steps[1];
}
