using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>What moves codes: concatenation, strided copies, reshapes that pack anew, padding, resampling, and the signs of samples.</summary>
internal static class NanoMoves
{
    private static readonly Helper Copy = new(
        "Copy",
        """
        /// <summary>Copies codes of x from an index on, a stride apart, to neighbouring codes of y; lines of either start on bytes.</summary>
        private static void Copy(
            byte[] x, int xo, int xLine, int xBits, int index, int stride, byte[] y, int yo, int yLine, int yBits, int at, int count)
        {
            if (xBits == 8 && yBits == 8 && stride == 1)
            {
                global::System.Array.Copy(x, xo + index, y, yo + at, count);
                return;
            }

            for (int i = 0; i < count; i++, index += stride)
                PutAt(y, yo, at + i, yLine, yBits, At(x, xo, index, xLine, xBits));
        }
        """,
        NanoCodes.At, NanoCodes.PutAt);

    private static readonly Helper Fill = new(
        "Fill",
        """
        /// <summary>Writes one code to neighbouring places.</summary>
        private static void Fill(byte[] y, int yo, int yLine, int at, int bits, int count, int code)
        {
            for (int i = 0; i < count; i++)
                PutAt(y, yo, at + i, yLine, bits, code);
        }
        """,
        NanoCodes.PutAt);

    private static readonly Helper Resize = new(
        "Resize",
        """
        /// <summary>Resampling; the table has [low, high, fraction of high in 1/1024] of every output row, then of every column.</summary>
        private static void Resize(
            byte[] x, int xo, int xPitch, int xPixel, int xBits, byte[] y, int yo, int yPitch, int yPixel, int yBits,
            int top, int bottom, int left, int right, int channels, int[] table, int columns)
        {
            for (int oy = top; oy < bottom; oy++)
            {
                int upper = xo + (table[3 * oy] * xPitch), lower = xo + (table[(3 * oy) + 1] * xPitch), down = table[(3 * oy) + 2];
                for (int ox = left; ox < right; ox++)
                {
                    int entry = columns + (3 * ox), near = table[entry] * xPixel, far = table[entry + 1] * xPixel, across = table[entry + 2];
                    for (int c = 0; c < channels; c++)
                    {
                        int above = (Code(x, upper + near, c, xBits) * (1024 - across)) + (Code(x, upper + far, c, xBits) * across);
                        int below = (Code(x, lower + near, c, xBits) * (1024 - across)) + (Code(x, lower + far, c, xBits) * across);
                        int code = ((above * (1024 - down)) + (below * down) + (1 << 19)) >> 20;
                        Put(y, yo + (oy * yPitch) + (ox * yPixel), c, yBits, code);
                    }
                }
            }
        }
        """,
        NanoCodes.Code, NanoCodes.Put);

    private static readonly Helper FlipSigns = new(
        "FlipSigns",
        """
        /// <summary>Signed samples to codes, or back: they differ in the highest bit.</summary>
        private static void FlipSigns(byte[] x, int xo, byte[] y, int yo, int count)
        {
            for (int i = 0; i < count; i++)
                y[yo + i] = (byte)(x[xo + i] ^ 128);
        }
        """);

    public static void Print(NanoWriter writer, int index, OffsetStep step)
    {
        using (writer.Block($"{NanoLayerPrinter.Header(index, ["x"], step.Region is not null)}"))
        {
            if (step.Region is { } region)
            {
                var (from, to) = (region.Inputs[0], region.Output);
                writer.Text(
                    $$"""
                    for (int oy = top; oy < bottom; oy++)
                    {
                        {{writer.Use(FlipSigns)}}(
                            x, xo + (oy * {{from.Pitch}}) + (left * {{from.Pixel}}), y, yo + (oy * {{to.Pitch}}) + (left * {{to.Pixel}}),
                            (right - left) * {{to.Channels}});
                    }
                    """);
                return;
            }

            if (step.Signed)
                writer.Text($"{writer.Use(FlipSigns)}(x, xo, y, yo, {step.Elements});");
            else
                writer.Text($"global::System.Array.Copy(x, xo, y, yo, {step.Elements});");
        }
    }

    /// <summary>A copy by strides of single codes.</summary>
    public static void Print(NanoLayerPrinter printer, LoopNest loops, int offset)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        int outer = loops.Sizes.Length - 1;
        writer.Use(Copy);
        if (outer > 0)
            writer.Raw("int at = 0;");

        for (int axis = 0; axis < outer - 1; axis++)
            writer.Text($"for (int i{axis} = 0; i{axis} < {loops.Sizes[axis]}; i{axis}++)");

        int last = outer - 1;
        using (outer > 0 ? writer.Block($"for (int i{last} = 0; i{last} < {loops.Sizes[last]}; i{last}++)") : null)
        {
            writer.Text($"{CopyCall("x", step.Operands[0], "xo", offset + Offsets(loops.Strides[0], outer), loops.RowStride(0), step, "yo", outer > 0 ? "at" : "0", loops.Row)}");
            if (outer > 0)
                writer.Text($"at += {loops.Row};");
        }
    }

    public static void Print(NanoLayerPrinter printer, ConcatLayer layer)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        writer.Use(Copy);
        string NameOf(int input) => step.Inputs.Length == 1 ? "x" : "x" + NanoWriter.Number(input);
        if (step.Region is { } region)
        {
            NanoElementwise.Pixels(writer, () =>
            {
                int channel = 0;
                for (int i = 0; i < step.Inputs.Length; i++)
                {
                    int channels = region.Inputs[i].Channels;
                    if (channels > 0)
                    {
                        writer.Text($"{CopyCall(NameOf(i), step.Operands[i], NanoElementwise.PixelOf(NameOf(i) + "o", region.Inputs[i]), "0", 1, step, NanoElementwise.PixelOf("yo", region.Output), NanoWriter.Number(channel), channels)}");
                    }

                    channel += channels;
                }
            });
            return;
        }

        int outer = step.Result.Shape.Take(layer.Axis).Aggregate(1, (product, size) => product * size);
        int whole = outer == 0 ? 0 : step.Result.Shape.Elements / outer;
        using (outer > 1 ? writer.Block($"for (int outer = 0; outer < {outer}; outer++)") : null)
        {
            int start = 0;
            for (int i = 0; i < step.Inputs.Length; i++)
            {
                int part = step.Operands[i].Shape.Elements / Math.Max(1, outer);
                string from = outer > 1 ? FormattableString.Invariant($"outer * {part}") : "0";
                string at = outer > 1 ? FormattableString.Invariant($"(outer * {whole}) + {start}") : NanoWriter.Number(start);
                if (part > 0)
                    writer.Text($"{CopyCall(NameOf(i), step.Operands[i], NameOf(i) + "o", from, 1, step, "yo", at, part)}");

                start += part;
            }
        }
    }

    public static void Print(NanoLayerPrinter printer, PadLayer layer)
    {
        if (printer.Step.Region is { } region)
            PadRegion(printer, layer, region);
        else
            PadWhole(printer, layer);
    }

    /// <summary>Tables say where every index of a padded axis reads; behind the last padded axis lie whole runs.</summary>
    private static void PadWhole(NanoLayerPrinter printer, PadLayer layer)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        var (input, output) = (step.Operands[0].Shape, step.Result.Shape);
        int axes = output.Rank;
        while (axes > 0 && layer.Begin[axes - 1] == 0 && layer.End[axes - 1] == 0)
            axes--;

        int run = output.Skip(axes).Aggregate(1, (product, size) => product * size);
        int[] strides = input.Strides();
        writer.Use(Copy);
        writer.Use(Fill);
        if (axes > 0)
            writer.Raw("int at = 0;");

        var scopes = new Stack<IDisposable>();
        var terms = new List<string>();
        for (int axis = 0; axis < axes; axis++)
        {
            int[] table = Enumerable.Range(0, output[axis]).Select(index => PadStep.Source(layer.Mode, index - layer.Begin[axis], input[axis]))
                .Select(index => index < 0 ? -1 : index * strides[axis]).ToArray();
            string name = writer.Arrays.Ints("Pad" + printer.Index + "Axis" + NanoWriter.Number(axis), table);
            scopes.Push(writer.Block($"for (int i{axis} = 0; i{axis} < {output[axis]}; i{axis}++)"));
            writer.Text($"int from{axis} = {name}[i{axis}];");
            terms.Add("from" + NanoWriter.Number(axis));
        }

        if (axes == 0)
        {
            writer.Text($"{CopyCall("x", step.Operands[0], "xo", "0", 1, step, "yo", "0", run)}");
            return;
        }

        writer.Text(
            $$"""
            if (({{string.Join(" | ", terms)}}) >= 0)
                {{CopyCall("x", step.Operands[0], "xo", string.Join(" + ", terms), 1, step, "yo", "at", run)}}
            else
                {{FillCall(step, "yo", "at", run, layer.Code)}}

            at += {{run}};
            """);
        while (scopes.Count > 0)
            scopes.Pop().Dispose();
    }

    /// <summary>Rows, columns and channels of an image; negative numbers of them are cut off.</summary>
    private static void PadRegion(NanoLayerPrinter printer, PadLayer layer, RegionImages region)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        var (image, result) = (region.Inputs[0], region.Output);
        int before = Math.Max(layer.Begin[3], 0), skipped = Math.Max(-layer.Begin[3], 0);
        int copied = Math.Max(Math.Min(image.Channels - skipped, result.Channels - before), 0);
        writer.Use(Copy);
        writer.Use(Fill);
        NanoElementwise.Pixels(writer, () => writer.Text(
            $$"""
            int iy = oy - {{layer.Begin[1]}}, ix = ox - {{layer.Begin[2]}}, pixel = {{NanoElementwise.PixelOf("yo", result)}};
            {{FillCall(step, "pixel", "0", result.Channels, layer.Code)}}
            if (iy >= 0 && iy < {{image.Height}} && ix >= 0 && ix < {{image.Width}})
                {{CopyCall("x", step.Operands[0], FormattableString.Invariant($"xo + (iy * {image.Pitch}) + (ix * {image.Pixel})"), NanoWriter.Number(skipped), 1, step, "pixel", NanoWriter.Number(before), copied)}}
            """));
    }

    public static void Print(NanoLayerPrinter printer, ResizeLayer layer)
    {
        string kernel = printer.Writer.Use(Resize);
        string table = printer.Writer.Arrays.Ints("Numbers" + printer.Index, printer.Step.Numbers);
        printer.Images((x, y) => printer.Writer.Text(
            $$"""
            {{kernel}}(
                {{x}},
                {{y}}, channels: {{printer.Step.Result.Image!.Channels}}, {{table}}, columns: {{3 * layer.Rows.Low.Length}});
            """));
    }

    /// <summary>Where an operand's row starts inside the outer loops of a nest: <c> + (i0 * 12)</c>.</summary>
    public static string Offsets(IReadOnlyList<int> strides, int outer) => string.Concat(Enumerable.Range(0, outer)
        .Where(axis => strides[axis] != 0).Select(axis => FormattableString.Invariant($" + (i{axis} * {strides[axis]})")));

    private static string CopyCall(
        string name, NanoOperand operand, string start, string index, int stride, LayerStep step, string result, string at, int count) =>
        FormattableString.Invariant($"Copy({name}, {start}, {Math.Max(1, operand.Layout.Line)}, {operand.Layout.Bits}, {index}, {stride}, ")
        + FormattableString.Invariant($"y, {result}, {Math.Max(1, step.Result.Layout.Line)}, {step.Result.Layout.Bits}, {at}, {count});");

    private static string FillCall(LayerStep step, string start, string at, int count, byte code) =>
        FormattableString.Invariant($"Fill(y, {start}, {Math.Max(1, step.Result.Layout.Line)}, {at}, {step.Result.Layout.Bits}, {count}, {code});");
}
