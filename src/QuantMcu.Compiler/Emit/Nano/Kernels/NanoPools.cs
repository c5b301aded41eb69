using System;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>Largest code, or mean, of every window.</summary>
internal static class NanoPools
{
    private const string Image =
        """
            byte[] x, int xo, int xPitch, int xPixel, int xBits, int height, int width,
            byte[] y, int yo, int yPitch, int yPixel, int yBits, int top, int bottom, int left, int right, int channels,
            int kernelHeight, int kernelWidth, int strideY, int strideX, int dilationY, int dilationX, int padTop, int padLeft
        """;

    private static readonly Helper MaxPool = new(
        "MaxPool",
        $$"""
        /// <summary>Largest code of every window.</summary>
        private static void MaxPool(
        {{Image}})
        {
            for (int oy = top; oy < bottom; oy++)
            {
                for (int ox = left; ox < right; ox++)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        int best = 0, iy = (oy * strideY) - padTop;
                        for (int ky = 0; ky < kernelHeight; ky++, iy += dilationY)
                        {
                            if (iy < 0 || iy >= height)
                                continue;

                            int ix = (ox * strideX) - padLeft;
                            for (int kx = 0; kx < kernelWidth; kx++, ix += dilationX)
                            {
                                if (ix < 0 || ix >= width)
                                    continue;

                                int code = Code(x, xo + (iy * xPitch) + (ix * xPixel), c, xBits);
                                if (code > best)
                                    best = code;
                            }
                        }

                        Put(y, yo + (oy * yPitch) + (ox * yPixel), c, yBits, best);
                    }
                }
            }
        }
        """,
        NanoCodes.Code, NanoCodes.Put);

    private static readonly Helper AveragePool = new(
        "AveragePool",
        $$"""
        /// <summary>Mean of every window; there is a multiplier for every count of taps. Taps in the padding count where padBottom is not negative.</summary>
        private static void AveragePool(
        {{Image}},
            int padBottom, int padRight, int zero, int[] multipliers, int preShift, int addend, int shift, int min, int max)
        {
            for (int oy = top; oy < bottom; oy++)
            {
                int rows = Taps(oy * strideY, padTop, kernelHeight, dilationY, height, padBottom);
                for (int ox = left; ox < right; ox++)
                {
                    int taps = rows * Taps(ox * strideX, padLeft, kernelWidth, dilationX, width, padRight);
                    for (int c = 0; c < channels; c++)
                    {
                        int sum = 0, iy = (oy * strideY) - padTop;
                        for (int ky = 0; ky < kernelHeight; ky++, iy += dilationY)
                        {
                            if (iy < 0 || iy >= height)
                                continue;

                            int ix = (ox * strideX) - padLeft;
                            for (int kx = 0; kx < kernelWidth; kx++, ix += dilationX)
                            {
                                if (ix >= 0 && ix < width)
                                    sum += Code(x, xo + (iy * xPitch) + (ix * xPixel), c, xBits) - zero;
                            }
                        }

                        int code = Requantize(sum, multipliers[taps - 1], preShift, addend, shift, min, max);
                        Put(y, yo + (oy * yPitch) + (ox * yPixel), c, yBits, code);
                    }
                }
            }
        }

        /// <summary>Taps of a window along an axis that count.</summary>
        private static int Taps(int first, int padBegin, int kernel, int dilation, int size, int padEnd)
        {
            int count = 0, from = padEnd < 0 ? padBegin : 0, to = padEnd < 0 ? padBegin + size : padBegin + size + padEnd;
            for (int k = 0; k < kernel; k++, first += dilation)
            {
                if (first >= from && first < to)
                    count++;
            }

            return count;
        }
        """,
        NanoCodes.Code, NanoCodes.Put, NanoCodes.Requantize);

    public static void Print(NanoLayerPrinter printer, MaxPoolLayer layer)
    {
        string kernel = printer.Writer.Use(MaxPool);
        Call(printer, kernel, layer.Window, "");
    }

    public static void Print(NanoLayerPrinter printer, AveragePoolLayer layer)
    {
        string kernel = printer.Writer.Use(AveragePool);
        var window = layer.Window;
        string numbers = printer.Writer.Arrays.Ints("Numbers" + printer.Index, printer.Step.Numbers);
        int bottom = layer.CountIncludePad ? window.PadsEnd[0] : -1, right = layer.CountIncludePad ? window.PadsEnd[1] : -1;
        Call(printer, kernel, window, FormattableString.Invariant(
            $",\n    padBottom: {bottom}, padRight: {right}, zero: {printer.Step.Operands[0].ZeroPoint}, multipliers: {numbers},\n    ")
            + NanoLayerPrinter.Requantization(layer.Requantization));
    }

    private static void Call(NanoLayerPrinter printer, string kernel, Window window, string more) => printer.Images((x, y) => printer.Writer.Text(
        $$"""
        {{kernel}}(
            {{x}}, height: {{printer.Step.Operands[0].Image!.Height}}, width: {{printer.Step.Operands[0].Image!.Width}},
            {{y}}, channels: {{printer.Step.Result.Image!.Channels}},
            kernelHeight: {{window.Kernel[0]}}, kernelWidth: {{window.Kernel[1]}}, strideY: {{window.Strides[0]}}, strideX: {{window.Strides[1]}},
            dilationY: {{window.Dilations[0]}}, dilationX: {{window.Dilations[1]}}, padTop: {{window.PadsBegin[0]}}, padLeft: {{window.PadsBegin[1]}}{{more}});
        """));
}
