using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing.Native;

/// <summary>Depthwise 3x3 layers of any small shape, stride, padding and bits: each is a network of its own.</summary>
public static class RandomDepthwise
{
    private static readonly int[] Bits = [8, 4, 2], Sides = [1, 2, 3, 4, 5, 7, 8, 11, 16, 25, 33, 40];

    /// <param name="seed">Of everything.</param>
    /// <param name="count">Of networks.</param>
    public static QuantizedNetwork[] Cases(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Case(random))];
    }

    private static QuantizedNetwork Case(Random random)
    {
        int stride = random.Next(3) == 0 ? 2 : 1, channels = random.Next(6) == 0 ? random.Next(11, 37) : random.Next(1, 11);
        int inBits = Bits[random.Next(3)], outBits = Bits[random.Next(3)], weightBits = Bits[random.Next(3)];
        int[] before = [random.Next(2), random.Next(2)], after = [random.Next(2), random.Next(2)];
        int[] input = [Side(random, before[0] + after[0]), Side(random, before[1] + after[1])];
        int[] output = [.. input.Select((size, axis) => ((size + before[axis] + after[axis] - 3) / stride) + 1)];
        int most = (1 << (weightBits - 1)) - 1, top = (1 << outBits) - 1;
        var weights = Enumerable.Range(0, 9 * channels).Select(_ => (sbyte)random.Next(-most, most + 1)).ToArray();
        int zero = random.Next(1 << inBits);
        int[] bias = [.. Enumerable.Range(0, channels).Select(c => -zero * weights.Skip(9 * c).Take(9).Sum(weight => weight))];
        int shift = random.Next(3, 9), preShift = random.Next(4);
        double ratio = (1 << outBits) / (2.0 * most * (1 << inBits));
        var multipliers = Enumerable.Range(0, channels)
            .Select(_ => (int)(ratio * (0.5 + random.NextDouble()) * Math.Pow(2, 32 + shift - preShift) / 2)).ToArray();
        bool clamps = random.Next(6) == 0;
        var requantization = new Requantization([.. multipliers], preShift, shift, random.Next(top + 1), clamps ? 1 : 0, top);
        byte[] padding = [.. Enumerable.Range(0, channels).Select(_ => (byte)(random.Next(5) == 0 ? random.Next(1 << inBits) : zero))];
        var window = new Window([3, 3], [stride, stride], [1, 1], [.. before], [.. after]);
        var layer = new ConvLayer(
            "layer", [1], 2, window, channels, weights, weightBits, Enumerable.Repeat(0.01, channels).ToArray(), bias, requantization, padding);
        return LayerSubject.Surround(
            layer, new Shape(1, input[0], input[1], channels), new Shape(1, output[0], output[1], channels), inBits, outBits);
    }

    /// <summary>A side of an image that is at least as long as the window.</summary>
    private static int Side(Random random, int padding) => Math.Max(Sides[random.Next(Sides.Length)], 3 - padding);
}
