using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing.Native;

/// <summary>
/// Convolutions without groups of any small shape, window, stride, padding and bits, with sums of few and of many taps: each is a network of its own.
/// </summary>
public static class RandomConvolutions
{
    /// <summary>Bits that a sum before the requantization may take, less its sign.</summary>
    private const int SumBits = 30;

    private static readonly int[] CodeBits = [8, 8, 7, 6, 4, 4, 2], WeightBits = [8, 6, 5, 4, 4, 4, 2], Sides = [1, 2, 3, 4, 5, 6, 7, 9, 12];

    private static readonly string[] Forms = ["conv_dsp_quad", "conv_dsp_sixes", "conv_dsp_lanes", "conv_dsp_wide", "dense_dsp"];

    /// <param name="seed">Of everything.</param>
    /// <param name="count">Of networks.</param>
    public static QuantizedNetwork[] Cases(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Case(random))];
    }

    /// <summary>The ways to make products, by the names of kernels for Cortex-M, that no program has: all that the fast kernels know are to be tried.</summary>
    public static string[] FormsMissing(IEnumerable<CProgram> programs)
    {
        string[] names = [.. programs.SelectMany(program => program.Steps).Select(step => step.Kernel.Name).Distinct()];
        return [.. Forms.Where(form => !names.Any(name => name.StartsWith(form, StringComparison.Ordinal)))];
    }

    private static QuantizedNetwork Case(Random random)
    {
        int inBits = CodeBits[random.Next(CodeBits.Length)], outBits = CodeBits[random.Next(CodeBits.Length)];
        int weightBits = WeightBits[random.Next(WeightBits.Length)], channels = random.Next(1, random.Next(2) == 0 ? 9 : 41), outputs = random.Next(1, 14);
        var window = WindowOf(random);
        int[] input = [.. Enumerable.Range(0, 2).Select(axis => Side(random, window, axis))];
        int[] output = [.. Enumerable.Range(0, 2).Select(axis => OutputSide(window, axis, input[axis]))];
        int length = window.Taps * channels, zero = random.Next(1 << inBits);
        var weights = Enumerable.Range(0, length * outputs).Select(_ => Weight(random, weightBits)).ToArray();
        int[] bias = [.. Enumerable.Range(0, outputs).Select(m => (-zero * weights.Skip(m * length).Take(length).Sum(weight => weight)) + random.Next(-999, 1000))];
        byte[] padding = [.. Enumerable.Repeat((byte)zero, channels)];
        var layer = new ConvLayer(
            "layer", [1], 2, window, 1, weights, BitWidths.InMemory(weightBits), Enumerable.Repeat(0.01, outputs).ToArray(), bias,
            RequantizationOf(random, bias, weights, inBits, outBits), padding) { FullyConnected = input[0] * input[1] * window.Taps == 1 };
        return LayerSubject.Surround(
            layer, new Shape(1, input[0], input[1], channels), new Shape(1, output[0], output[1], outputs), inBits, outBits);
    }

    /// <summary>Shifts as large as sums allow or smaller; some do not allow the smallest and largest codes.</summary>
    private static Requantization RequantizationOf(Random random, int[] bias, sbyte[] weights, int inBits, int outBits)
    {
        int length = weights.Length / bias.Length, top = (1 << outBits) - 1;
        long largest = Enumerable.Range(0, bias.Length)
            .Max(m => Math.Abs((long)bias[m]) + weights.Skip(m * length).Take(length).Sum(weight => (long)Math.Abs((int)weight) << inBits));
        int most = SumBits - (int)Math.Ceiling(Math.Log2(largest + 1)), preShift = random.Next(2) == 0 ? most : random.Next(Math.Min(most, 9) + 1);
        int shift = random.Next(3, 9);
        double ratio = (double)top / largest * (1 + (4 * random.NextDouble()));
        var multipliers = bias.Select(_ => (int)Math.Min(int.MaxValue, ratio * (0.5 + random.NextDouble()) * Math.Pow(2, 32 + shift - preShift))).ToArray();
        bool clamps = random.Next(4) == 0;
        return new Requantization([.. multipliers], preShift, shift, random.Next(top + 1), clamps ? 1 : 0, clamps ? Math.Max(top - 1, 1) : top);
    }

    private static sbyte Weight(Random random, int bits) => (sbyte)random.Next(1 - (1 << (bits - 1)), 1 << (bits - 1));

    private static Window WindowOf(Random random)
    {
        int kernel = random.Next(3) == 0 ? random.Next(2, 5) : random.Next(2) == 0 ? 3 : 1, stride = random.Next(1, 3);
        int dilation = kernel > 1 && random.Next(6) == 0 ? 2 : 1;
        ImmutableArray<int> before = [Padding(random, kernel), Padding(random, kernel)], after = [Padding(random, kernel), Padding(random, kernel)];
        return new Window([kernel, kernel], [stride, stride], [dilation, dilation], before, after);
    }

    private static int Padding(Random random, int kernel) => kernel == 1 ? 0 : random.Next(2);

    /// <summary>A side of an image that is at least as long as the window.</summary>
    private static int Side(Random random, Window window, int axis) =>
        Math.Max(Sides[random.Next(Sides.Length)], Span(window, axis) - window.PadsBegin[axis] - window.PadsEnd[axis]);

    private static int OutputSide(Window window, int axis, int size) =>
        ((size + window.PadsBegin[axis] + window.PadsEnd[axis] - Span(window, axis)) / window.Strides[axis]) + 1;

    private static int Span(Window window, int axis) => ((window.Kernel[axis] - 1) * window.Dilations[axis]) + 1;
}
