using System;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>What combines the codes along an axis of [outer, length, inner]: means, sums, maxima, softmax; and products of matrices.</summary>
internal static class NanoReductions
{
    private static readonly Helper Reduce = new(
        "Reduce",
        """
        /// <summary>Mean or sum (or, where isMax says so, the largest code) along an axis.</summary>
        private static void Reduce(
            byte[] x, int xo, int xLine, int xBits, byte[] y, int yo, int yLine, int yBits, int outer, int length, int inner,
            bool isMax, int zero, int multiplier, int preShift, int addend, int shift, int min, int max)
        {
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    int sum = 0, best = min;
                    for (int k = 0; k < length; k++)
                    {
                        int code = At(x, xo, (((o * length) + k) * inner) + i, xLine, xBits);
                        sum += code - zero;
                        if (code > best)
                            best = code;
                    }

                    if (best > max)
                        best = max;

                    if (!isMax)
                        best = Requantize(sum, multiplier, preShift, addend, shift, min, max);

                    PutAt(y, yo, (o * inner) + i, yLine, yBits, best);
                }
            }
        }
        """,
        NanoCodes.At, NanoCodes.PutAt, NanoCodes.Requantize);

    private static readonly Helper ArgMax = new(
        "ArgMax",
        """
        /// <summary>Index of the largest code along an axis: of the first one, or the last.</summary>
        private static void ArgMax(
            byte[] x, int xo, int xLine, int xBits, byte[] y, int yo, int yLine, int yBits, int outer, int length, int inner, bool selectLast)
        {
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    int best = 0, top = -1;
                    for (int k = 0; k < length; k++)
                    {
                        int code = At(x, xo, (((o * length) + k) * inner) + i, xLine, xBits);
                        if (code > top || (selectLast && code == top))
                        {
                            top = code;
                            best = k;
                        }
                    }

                    PutAt(y, yo, (o * inner) + i, yLine, yBits, best);
                }
            }
        }
        """,
        NanoCodes.At, NanoCodes.PutAt);

    private static readonly Helper Softmax = new(
        "Softmax",
        """
        /// <summary>Softmax along an axis.</summary>
        private static void Softmax(
            byte[] x, int xo, int xLine, int xBits, byte[] y, int yo, int outer, int length, int inner, int[] exponentials)
        {
            for (int line = 0; line < outer * inner; line++)
            {
                int start = (line / inner * length * inner) + (line % inner);
                int top = SoftmaxTop(x, xo, xLine, xBits, start, length, inner);
                int sum = SoftmaxSum(x, xo, xLine, xBits, start, length, inner, exponentials, top);
                for (int k = 0; k < length; k++)
                {
                    int code = At(x, xo, start + (k * inner), xLine, xBits);
                    code = ((exponentials[top - code] * 256) + (sum / 2)) / sum;
                    y[yo + start + (k * inner)] = (byte)(code > 255 ? 255 : code);
                }
            }
        }
        """,
        Sums());

    private static readonly Helper LogSoftmax = new(
        "LogSoftmax",
        """
        /// <summary>LogSoftmax along an axis; numbers are the exponentials, and the logarithms from an index on.</summary>
        private static void LogSoftmax(
            byte[] x, int xo, int xLine, int xBits, byte[] y, int yo, int outer, int length, int inner, int[] numbers, int logarithms,
            int exponentBits, int octave, int step, int shift, int zero)
        {
            for (int line = 0; line < outer * inner; line++)
            {
                int start = (line / inner * length * inner) + (line % inner);
                int top = SoftmaxTop(x, xo, xLine, xBits, start, length, inner);
                int sum = SoftmaxSum(x, xo, xLine, xBits, start, length, inner, numbers, top);
                int highest = 0;
                while (highest < 30 && (sum >> (highest + 1)) != 0)
                    highest++;

                int after = (highest >= 8 ? sum >> (highest - 8) : sum << (8 - highest)) & 255;
                int logarithm = ((highest - exponentBits) * octave) + numbers[logarithms + after] + (1 << (shift - 1));
                for (int k = 0; k < length; k++)
                {
                    int code = At(x, xo, start + (k * inner), xLine, xBits);
                    code = zero - (((step * (top - code)) + logarithm) >> shift);
                    if (code < 0)
                        code = 0;

                    y[yo + start + (k * inner)] = (byte)(code > 255 ? 255 : code);
                }
            }
        }
        """,
        Sums());

    private static readonly Helper MatMul = new(
        "MatMul",
        """
        /// <summary>Products of two matrices of activations, m x k and k x n; an operand with step 0 serves the whole batch.</summary>
        private static void MatMul(
            byte[] a, int ao, int aLine, int aBits, int aStep, byte[] b, int bo, int bLine, int bBits, int bStep,
            byte[] y, int yo, int yLine, int yBits, int batch, int m, int k, int n,
            int zeroA, int zeroB, int multiplier, int preShift, int addend, int shift, int min, int max)
        {
            int result = 0;
            for (int image = 0; image < batch; image++)
            {
                for (int row = 0; row < m; row++)
                {
                    for (int column = 0; column < n; column++, result++)
                    {
                        int sum = 0;
                        for (int i = 0; i < k; i++)
                        {
                            int left = At(a, ao, (image * aStep) + (row * k) + i, aLine, aBits) - zeroA;
                            int right = At(b, bo, (image * bStep) + (i * n) + column, bLine, bBits) - zeroB;
                            sum += left * right;
                        }

                        PutAt(y, yo, result, yLine, yBits, Requantize(sum, multiplier, preShift, addend, shift, min, max));
                    }
                }
            }
        }
        """,
        NanoCodes.At, NanoCodes.PutAt, NanoCodes.Requantize);

    private static Helper Sums() => new(
        "SoftmaxTop",
        """
        /// <summary>Largest code of a line.</summary>
        private static int SoftmaxTop(byte[] x, int xo, int xLine, int xBits, int start, int length, int inner)
        {
            int top = 0;
            for (int k = 0; k < length; k++)
            {
                int code = At(x, xo, start + (k * inner), xLine, xBits);
                if (code > top)
                    top = code;
            }

            return top;
        }

        /// <summary>Sum of the exponentials of a line.</summary>
        private static int SoftmaxSum(
            byte[] x, int xo, int xLine, int xBits, int start, int length, int inner, int[] exponentials, int top)
        {
            int sum = 0;
            for (int k = 0; k < length; k++)
            {
                int code = At(x, xo, start + (k * inner), xLine, xBits);
                sum += exponentials[top - code];
            }

            return sum;
        }
        """,
        NanoCodes.At);

    public static void Print(NanoLayerPrinter printer, ReduceLayer layer) => printer.Writer.Text(
        $$"""
        {{printer.Writer.Use(Reduce)}}(
            {{Operand("x", printer.Step.Operands[0])}}, {{Operand("y", printer.Step.Result)}},
            {{Axis(layer.Outer, layer.Length, layer.Inner)}}, isMax: {{(layer.Kind == ReduceKind.Max ? "true" : "false")}},
            zero: {{printer.Step.Operands[0].ZeroPoint}}, multiplier: {{layer.Requantization.Multiplier(0)}},
            {{NanoLayerPrinter.Requantization(layer.Requantization)}});
        """);

    public static void Print(NanoLayerPrinter printer, ArgMaxLayer layer) => printer.Writer.Text(
        $$"""
        {{printer.Writer.Use(ArgMax)}}(
            {{Operand("x", printer.Step.Operands[0])}}, {{Operand("y", printer.Step.Result)}},
            {{Axis(layer.Outer, layer.Length, layer.Inner)}}, selectLast: {{(layer.SelectLast ? "true" : "false")}});
        """);

    public static void Print(NanoLayerPrinter printer, SoftmaxLayer layer)
    {
        string numbers = printer.Writer.Arrays.Ints("Numbers" + printer.Index, printer.Step.Numbers);
        string operands = Operand("x", printer.Step.Operands[0]) + ", y, yo, " + Axis(layer.Outer, layer.Length, layer.Inner);
        if (layer.Log is not { } log)
        {
            printer.Writer.Text($"{printer.Writer.Use(Softmax)}({operands}, {numbers});");
            return;
        }

        printer.Writer.Text(
            $$"""
            {{printer.Writer.Use(LogSoftmax)}}(
                {{operands}}, {{numbers}}, logarithms: {{layer.Exponentials.Length}},
                exponentBits: {{log.ExponentBits}}, octave: {{log.Octave}}, step: {{log.Step}}, shift: {{log.Shift}}, zero: {{log.ZeroPoint}});
            """);
    }

    public static void Print(NanoLayerPrinter printer, MatMulLayer layer)
    {
        var (a, b) = (printer.Step.Operands[0], printer.Step.Operands[1]);
        int stepA = layer.SharedA ? 0 : layer.M * layer.K, stepB = layer.SharedB ? 0 : layer.K * layer.N;
        printer.Writer.Text(
            $$"""
            {{printer.Writer.Use(MatMul)}}(
                {{Operand("a", a)}}, aStep: {{stepA}}, {{Operand("b", b)}}, bStep: {{stepB}}, {{Operand("y", printer.Step.Result)}},
                batch: {{layer.Batch}}, m: {{layer.M}}, k: {{layer.K}}, n: {{layer.N}},
                zeroA: {{a.ZeroPoint}}, zeroB: {{b.ZeroPoint}}, multiplier: {{layer.Requantization.Multiplier(0)}},
                {{NanoLayerPrinter.Requantization(layer.Requantization)}});
            """);
    }

    public static string Operand(string name, NanoOperand operand) => FormattableString.Invariant(
        $"{name}, {name}o, {name}Line: {Math.Max(1, operand.Layout.Line)}, {name}Bits: {operand.Layout.Bits}");

    private static string Axis(int outer, int length, int inner) => FormattableString.Invariant($"outer: {outer}, length: {length}, inner: {inner}");
}
