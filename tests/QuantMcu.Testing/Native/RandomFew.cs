using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing.Native;

/// <summary>
/// Convolutions of few channels, 8-bit codes, any small shape, requantizations of all sorts: each is a network of its own. Those of three channels have
/// windows of 3x3 pixels, as the first layers of most networks.
/// </summary>
public static class RandomFew
{
    private static readonly int[] Channels = [4, 8, 3, 12, 16];

    /// <param name="seed">Of everything.</param>
    /// <param name="count">Of networks.</param>
    public static QuantizedNetwork[] Cases(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Case(random, Channels[i % Channels.Length]))];
    }

    private static QuantizedNetwork Case(Random random, int channels)
    {
        var window = channels == 3 ? FirstWindow(random) : new Window([1, 1], [1, 1], [1, 1], [0, 0], [0, 0]);
        int rows = random.Next(1, 6), columns = random.Next(1, channels == 3 ? 18 : 8), outputs = random.Next(1, 27), taps = channels * window.Taps;
        int most = random.Next(4) == 0 ? 7 : 127;
        int[] input = [Side(rows, window, 0), Side(columns, window, 1)];
        var weights = Enumerable.Range(0, taps * outputs).Select(_ => (sbyte)random.Next(-most - (most == 127 ? 1 : 0), most + 1)).ToArray();
        int zero = random.Next(256), top = random.Next(4) == 0 ? (1 << random.Next(5, 8)) - 1 : 255;
        int preShift = random.Next(5), shift = random.Next(1, 12);
        double ratio = top / (2.0 * most * 255 * Math.Sqrt(taps));
        var multipliers = Enumerable.Range(0, outputs)
            .Select(_ => (int)Math.Min(ratio * (0.5 + random.NextDouble()) * Math.Pow(2, 32 + shift - preShift), int.MaxValue)).ToArray();
        int[] bias = [.. Enumerable.Range(0, outputs).Select(m => Bias(random, weights.Skip(m * taps).Take(taps).Sum(weight => weight), zero))];
        for (int m = 0; m < outputs; m++)
        {
            if (Math.Abs(bias[m]) > 1 << 24)
                multipliers[m] >>= 10;
        }

        var requantization = new Requantization([.. multipliers], preShift, shift, random.Next(top + 1), 0, top);
        var layer = new ConvLayer(
            "layer", [1], 2, window, 1, weights, 8, [.. Enumerable.Repeat(0.01, outputs)], bias, requantization,
            [.. Enumerable.Range(0, channels).Select(_ => (byte)random.Next(256))]);
        return LayerSubject.Surround(layer, new Shape(1, input[0], input[1], channels), new Shape(1, rows, columns, outputs), 8, 8);
    }

    private static Window FirstWindow(Random random)
    {
        int stride = random.Next(1, 3);
        int[] Pads() => [random.Next(2), random.Next(2)];
        return new Window([3, 3], [stride, stride], [1, 1], [.. Pads()], [.. Pads()]);
    }

    /// <summary>Of an image of which a window makes so many results.</summary>
    private static int Side(int results, Window window, int axis) => Math.Max(
        ((results - 1) * window.Strides[axis]) + window.Kernel[axis] - window.PadsBegin[axis] - window.PadsEnd[axis], 1);

    /// <summary>One that centres the sum; now and then a large one, as channels have whose weights are next to nothing.</summary>
    private static int Bias(Random random, int sum, int zero) =>
        random.Next(10) == 0 ? (random.Next(2) == 0 ? 1 : -1) * random.Next(1 << 24, 1 << 26) : -zero * sum + random.Next(-1000, 1000);
}
