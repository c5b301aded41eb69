using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>
/// Convolutions. The codes under a window are gathered once, one a byte, and serve all output channels; the inner loop is a product of two rows.
/// </summary>
internal static class NanoConv
{
    private static readonly Helper Unpack = new(
        "Unpack",
        """
        /// <summary>Unpacks codes of a line into Window.</summary>
        private static void Unpack(byte[] x, int line, int first, int count, int bits, int at)
        {
            byte[] window = Window;
            int mask = (1 << bits) - 1;
            for (int c = first; c < first + count; c++, at++)
            {
                int bit = c * bits;
                int value = x[line + (bit >> 3)];
                window[at] = (byte)((value >> (bit & 7)) & mask);
            }
        }
        """);

    private static readonly Helper Gather = new(
        "Gather",
        """
        /// <summary>Copies the codes under a window, of some channels, into Window: one a byte, padding around the image.</summary>
        private static void Gather(
            byte[] x, int xo, int xPitch, int xPixel, int xBits, int height, int width, byte[] padding, int first, int channels,
            int kernelHeight, int kernelWidth, int dilationY, int dilationX, int iy, int ix)
        {
            byte[] window = Window;
            int at = 0;
            bool rows = xBits == 8 && dilationX == 1 && channels == xPixel && ix >= 0 && ix + kernelWidth <= width;
            for (int ky = 0; ky < kernelHeight; ky++, iy += dilationY)
            {
                bool inside = iy >= 0 && iy < height;
                if (inside && rows)
                {
                    global::System.Array.Copy(x, xo + (iy * xPitch) + (ix * xPixel), window, at, kernelWidth * channels);
                    at += kernelWidth * channels;
                    continue;
                }

                int column = ix;
                for (int kx = 0; kx < kernelWidth; kx++, column += dilationX, at += channels)
                {
                    if (!inside || column < 0 || column >= width)
                        global::System.Array.Copy(padding, first, window, at, channels);
                    else if (xBits == 8)
                        global::System.Array.Copy(x, xo + (iy * xPitch) + (column * xPixel) + first, window, at, channels);
                    else
                        Unpack(x, xo + (iy * xPitch) + (column * xPixel), first, channels, xBits, at);
                }
            }
        }
        """,
        Unpack);

    private static readonly Helper UnpackWeights = new(
        "UnpackWeights",
        """
        /// <summary>Unpacks the weights of a depthwise layer, whose taps start on bytes, into Unpacked.</summary>
        private static void UnpackWeights(byte[] weights, int start, int bits, int taps, int channels)
        {
            byte[] unpacked = Unpacked;
            int at = 0, pitch = ((channels * bits) + 7) >> 3;
            for (int tap = 0; tap < taps; tap++, start += pitch)
            {
                for (int c = 0; c < channels; c++, at++)
                {
                    int bit = c * bits;
                    int value = weights[start + (bit >> 3)];
                    unpacked[at] = (byte)((value << (32 - bits - (bit & 7))) >> (32 - bits));
                }
            }
        }
        """);

    private static readonly Helper Depthwise = new(
        "Depthwise",
        """
        /// <summary>A depthwise convolution; weights are [tap][channel], a byte each.</summary>
        private static void Depthwise(
            byte[] x, int xo, int xPitch, int xPixel, int xBits, int height, int width,
            byte[] y, int yo, int yPitch, int yPixel, int yBits, int top, int bottom, int left, int right,
            byte[] weights, int[] numbers, int multiplierStep, byte[] padding, int channels,
            int kernelHeight, int kernelWidth, int strideY, int strideX, int dilationY, int dilationX, int padTop, int padLeft,
            int preShift, int addend, int shift, int min, int max)
        {
            byte[] window = Window;
            int taps = kernelHeight * kernelWidth, two = 2 * channels, three = 3 * channels;
            for (int oy = top; oy < bottom; oy++)
            {
                for (int ox = left; ox < right; ox++)
                {
                    Gather(
                        x, xo, xPitch, xPixel, xBits, height, width, padding, 0, channels, kernelHeight, kernelWidth,
                        dilationY, dilationX, (oy * strideY) - padTop, (ox * strideX) - padLeft);
                    int result = yo + (oy * yPitch) + (ox * yPixel);
                    for (int c = 0; c < channels; c++)
                    {
                        int sum = numbers[c], i = c, tap = 0;
                        for (; tap < taps - 2; tap += 3, i += three)
                        {
                            sum += (window[i] * (sbyte)weights[i]) + (window[i + channels] * (sbyte)weights[i + channels])
                                + (window[i + two] * (sbyte)weights[i + two]);
                        }

                        for (; tap < taps; tap++, i += channels)
                            sum += window[i] * (sbyte)weights[i];

                        int multiplier = numbers[channels + (c * multiplierStep)];
                        int code = Requantize(sum, multiplier, preShift, addend, shift, min, max);
                        if (yBits == 8)
                            y[result + c] = (byte)code;
                        else
                            Put(y, result, c, yBits, code);
                    }
                }
            }
        }
        """,
        Gather, NanoCodes.Put, NanoCodes.Requantize);

    private static readonly Helper Conv8 = Conv(
        8,
        """
        for (; i < end - 3; i += 4, row += 4)
        {
            sum += (from[i] * (sbyte)weights[row]) + (from[i + 1] * (sbyte)weights[row + 1])
                + (from[i + 2] * (sbyte)weights[row + 2]) + (from[i + 3] * (sbyte)weights[row + 3]);
        }

        for (; i < end; i++, row++)
            sum += from[i] * (sbyte)weights[row];
        """);

    private static readonly Helper Conv4 = Conv(
        4,
        """
        for (; i < end - 1; i += 2, row++)
        {
            int two = weights[row];
            sum += (from[i] * ((two << 28) >> 28)) + (from[i + 1] * ((two << 24) >> 28));
        }

        if (i < end)
        {
            int rest = weights[row++];
            sum += from[i] * ((rest << 28) >> 28);
        }
        """);

    private static readonly Helper Conv2 = Conv(
        2,
        """
        for (; i < end - 3; i += 4, row++)
        {
            int four = weights[row];
            sum += (from[i] * ((four << 30) >> 30)) + (from[i + 1] * ((four << 28) >> 30))
                + (from[i + 2] * ((four << 26) >> 30)) + (from[i + 3] * ((four << 24) >> 30));
        }

        if (i < end)
        {
            int rest = weights[row++];
            for (int drop = 30; i < end; i++, drop -= 2)
                sum += from[i] * ((rest << drop) >> 30);
        }
        """);

    private static Helper Conv(int bits, string product)
    {
        string name = "Conv" + NanoWriter.Number(bits);
        string inner = product.Replace("\n", "\n                    ");
        return new(
            name,
            $$"""
            /// <summary>Output channels first .. last - 1 of a convolution; the weights of each, of {{bits}} bits, start on a byte.</summary>
            private static void {{name}}(
                byte[] x, int xo, int xPitch, int xPixel, int xBits, int height, int width,
                byte[] y, int yo, int yPitch, int yPixel, int yBits, int top, int bottom, int left, int right,
                byte[] weights, int start, int first, int last, int[] numbers, int multipliers, int multiplierStep, byte[] padding,
                int channels, int outputs,
                int kernelHeight, int kernelWidth, int strideY, int strideX, int dilationY, int dilationX, int padTop, int padLeft,
                int preShift, int addend, int shift, int min, int max)
            {
                int taps = kernelHeight * kernelWidth * channels;
                bool inPlace = xBits == 8 && kernelHeight * kernelWidth == 1 && padding == null;
                byte[] from = inPlace ? x : Window;
                for (int oy = top; oy < bottom; oy++)
                {
                    for (int ox = left; ox < right; ox++)
                    {
                        int result = yo + (oy * yPitch) + (ox * yPixel), group = -1, begin = 0, row = start;
                        for (int m = first; m < last; m++)
                        {
                            if (m / outputs != group)
                            {
                                group = m / outputs;
                                if (inPlace)
                                {
                                    begin = xo + (oy * strideY * xPitch) + (ox * strideX * xPixel) + (group * channels);
                                }
                                else
                                {
                                    Gather(
                                        x, xo, xPitch, xPixel, xBits, height, width, padding, group * channels, channels,
                                        kernelHeight, kernelWidth, dilationY, dilationX,
                                        (oy * strideY) - padTop, (ox * strideX) - padLeft);
                                }
                            }

                            int sum = numbers[m], i = begin, end = begin + taps;
            {{"                " + inner}}

                            long product = (long)(sum << preShift) * numbers[multipliers + (m * multiplierStep)];
                            int code = (int)(product >> 32);
                            code = (code + addend) >> shift;
                            if (code < min)
                                code = min;

                            if (code > max)
                                code = max;

                            if (yBits == 8)
                                y[result + m] = (byte)code;
                            else
                                Put(y, result, m, yBits, code);
                        }
                    }
                }
            }
            """,
            Gather, NanoCodes.Put);
    }

    public static void Print(NanoLayerPrinter printer, LayerStep step, ConvLayer layer)
    {
        var writer = printer.Writer;
        string weights = "", start = "0";
        int outputs = layer.Bias.Length, piece = outputs;
        if (writer.Program.Weights == NanoWeights.Resource && step.Weights.Length > 0)
        {
            weights = "Piece";
            start = NanoWriter.Number(writer.Program.ResourceOffset(step));
            piece = layer.IsDepthwise ? outputs : System.Math.Min(outputs, writer.Program.OutputsOfPiece(step));
        }
        else
        {
            weights = writer.Arrays.Bytes("Weights" + printer.Index, step.Weights);
        }

        if (layer.IsDepthwise)
            PrintDepthwise(printer, step, layer, weights, start);
        else
            PrintDense(printer, step, layer, weights, start, piece);
    }

    private static void PrintDepthwise(NanoLayerPrinter printer, LayerStep step, ConvLayer layer, string weights, string start)
    {
        var writer = printer.Writer;
        if (weights == "Piece")
            writer.Text($"Read({start}, {step.Weights.Length});");

        if (layer.WeightBits < 8)
        {
            writer.Text($"{writer.Use(UnpackWeights)}({weights}, 0, bits: {layer.WeightBits}, taps: {layer.Window.Taps}, channels: {layer.Bias.Length});");
            weights = "Unpacked";
        }

        writer.Use(Depthwise);
        Call(printer, "Depthwise", layer, $"{weights}, {Numbers(printer, step)}, {Step(layer)}, {Padding(printer, step)}, channels: {layer.Bias.Length}");
    }

    private static void PrintDense(NanoLayerPrinter printer, LayerStep step, ConvLayer layer, string weights, string start, int piece)
    {
        var writer = printer.Writer;
        string kernel = writer.Use(layer.WeightBits switch { 2 => Conv2, 4 => Conv4, _ => Conv8 });
        int outputs = layer.Bias.Length;
        string shared = $"{Numbers(printer, step)},\n    multipliers: {outputs}, {Step(layer)}, {Padding(printer, step)}, "
            + $"channels: {layer.PadCodes.Length / layer.Groups}, outputs: {outputs / layer.Groups}";
        if (weights != "Piece")
        {
            Call(printer, kernel, layer, $"{weights}, 0, first: 0, last: {outputs}, {shared}");
            return;
        }

        int row = NanoProgram.RowBytes(step);
        using (writer.Block($"for (int first = 0; first < {outputs}; first += {piece})"))
        {
            writer.Text(
                $$"""
                int last = first + {{piece}};
                if (last > {{outputs}})
                    last = {{outputs}};

                Read({{start}} + (first * {{row}}), (last - first) * {{row}});
                """);
            Call(printer, kernel, layer, $"Piece, 0, first, last, {shared}");
        }
    }

    private static void Call(NanoLayerPrinter printer, string kernel, ConvLayer layer, string data)
    {
        var to = layer.Requantization;
        var window = layer.Window;
        printer.Images((x, y) => printer.Writer.Text(
            $$"""
            {{kernel}}(
                {{x}}, height: {{printer.Step.Operands[0].Image!.Height}}, width: {{printer.Step.Operands[0].Image!.Width}},
                {{y}},
                {{data}},
                kernelHeight: {{window.Kernel[0]}}, kernelWidth: {{window.Kernel[1]}}, strideY: {{window.Strides[0]}}, strideX: {{window.Strides[1]}},
                dilationY: {{window.Dilations[0]}}, dilationX: {{window.Dilations[1]}}, padTop: {{window.PadsBegin[0]}}, padLeft: {{window.PadsBegin[1]}},
                {{NanoLayerPrinter.Requantization(to)}});
            """));
    }

    private static string Numbers(NanoLayerPrinter printer, LayerStep step) => printer.Writer.Arrays.Ints("Numbers" + printer.Index, step.Numbers);

    private static string Step(ConvLayer layer) => "multiplierStep: " + (layer.Requantization.Multipliers.Length > 1 ? "1" : "0");

    private static string Padding(NanoLayerPrinter printer, LayerStep step) =>
        "padding: " + printer.Writer.Arrays.Bytes("Padding" + printer.Index, step.Data);
}
