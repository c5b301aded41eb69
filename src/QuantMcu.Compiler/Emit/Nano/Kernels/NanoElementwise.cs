using System;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>Sums, products, and functions of one code. A kernel computes neighbouring codes of a line; a result may lie over an operand.</summary>
internal static class NanoElementwise
{
    private static readonly Helper Add = Binary(
        "Add", "a sum of two tensors, each with a scale", "int multiplierA, int multiplierB, int addend, int shift, int min, int max",
        """
        int code = ((left * multiplierA) + (right * multiplierB) + addend) >> shift;
        if (code < min)
            code = min;

        if (code > max)
            code = max;
        """);

    private static readonly Helper Mul = Binary(
        "Mul", "a product of two tensors",
        "int zeroA, int zeroB, int multiplier, int preShift, int addend, int shift, int min, int max",
        """
        int code = Requantize((left - zeroA) * (right - zeroB), multiplier, preShift, addend, shift, min, max);
        """,
        NanoCodes.Requantize);

    private static readonly Helper Lookup = Unary(
        "Lookup", "a function of one code, by table; step: entries from channel to channel, or 0", "byte[] table, int step",
        "int code = table[(i * step) + value];");

    private static readonly Helper PRelu = Unary(
        "PRelu", "two slopes, the negative one per channel or, with step 0, for all",
        "int zero, int positive, int positivePreShift, int positiveAddend, int positiveShift, int[] negative, int step, int preShift, int addend, int shift, "
        + "int min, int max, int negativeMin, int negativeMax",
        """
        value -= zero;
        int code = value >= 0
            ? Requantize(value, positive, positivePreShift, positiveAddend, positiveShift, min, max)
            : Requantize(value, negative[i * step], preShift, addend, shift, negativeMin, negativeMax);
        """,
        NanoCodes.Requantize);

    private static Helper Binary(string name, string what, string parameters, string body, params Helper[] needs) => new(
        name,
        $$"""
        /// <summary>Neighbouring codes of {{what}}; an operand with step 0 has one code for all.</summary>
        private static void {{name}}(
            byte[] a, int ao, int aStep, int aBits, byte[] b, int bo, int bStep, int bBits, byte[] y, int yo, int yBits, int count,
            {{parameters}})
        {
            bool bytes = aBits == 8 && bBits == 8 && yBits == 8;
            for (int i = 0; i < count; i++)
            {
                int left, right;
                if (bytes)
                {
                    left = a[ao + (i * aStep)];
                    right = b[bo + (i * bStep)];
                }
                else
                {
                    left = Code(a, ao, i * aStep, aBits);
                    right = Code(b, bo, i * bStep, bBits);
                }

                {{body.Replace("\n", "\n        ")}}

                if (bytes)
                    y[yo + i] = (byte)code;
                else
                    Put(y, yo, i, yBits, code);
            }
        }
        """,
        [NanoCodes.Code, NanoCodes.Put, .. needs]);

    private static Helper Unary(string name, string what, string parameters, string body, params Helper[] needs) => new(
        name,
        $$"""
        /// <summary>Neighbouring codes of {{what}}.</summary>
        private static void {{name}}(byte[] x, int xo, int xBits, byte[] y, int yo, int yBits, int count, {{parameters}})
        {
            for (int i = 0; i < count; i++)
            {
                int value = Code(x, xo, i, xBits);
                {{body.Replace("\n", "\n        ")}}
                Put(y, yo, i, yBits, code);
            }
        }
        """,
        [NanoCodes.Code, NanoCodes.Put, .. needs]);

    public static void Print(NanoLayerPrinter printer, AddLayer layer) => PrintBinary(
        printer, printer.Writer.Use(Add),
        FormattableString.Invariant($"multiplierA: {layer.MultiplierA}, multiplierB: {layer.MultiplierB}, addend: {layer.Addend}, ")
        + FormattableString.Invariant($"shift: {layer.Shift}, min: {layer.Min}, max: {layer.Max}"));

    public static void Print(NanoLayerPrinter printer, MulLayer layer) => PrintBinary(
        printer, printer.Writer.Use(Mul),
        FormattableString.Invariant($"zeroA: {printer.Step.Operands[0].ZeroPoint}, zeroB: {printer.Step.Operands[1].ZeroPoint}, ")
        + FormattableString.Invariant($"multiplier: {layer.Requantization.Multiplier(0)}, ")
        + NanoLayerPrinter.Requantization(layer.Requantization));

    public static void Print(NanoLayerPrinter printer, LookupLayer layer)
    {
        int entries = layer.PerChannel ? layer.Table.Length / Math.Max(1, printer.Step.Result.Layout.Line) : 0;
        string table = printer.Writer.Arrays.Bytes("Table" + printer.Index, layer.Table);
        PrintUnary(printer, printer.Writer.Use(Lookup), layer.PerChannel, FormattableString.Invariant($"{table}, step: {entries}"));
    }

    public static void Print(NanoLayerPrinter printer, PReluLayer layer)
    {
        var (positive, negative) = (layer.Positive, layer.Negative);
        bool perChannel = negative.Multipliers.Length > 1;
        string numbers = printer.Writer.Arrays.Ints("Numbers" + printer.Index, printer.Step.Numbers);
        string first = FormattableString.Invariant(
            $"zero: {printer.Step.Operands[0].ZeroPoint}, positive: {positive.Multiplier(0)}, positivePreShift: {positive.PreShift}, positiveAddend: {positive.Addend},");
        string second = FormattableString.Invariant(
            $" positiveShift: {positive.Shift},\n    negative: {numbers}, step: {(perChannel ? 1 : 0)}, preShift: {negative.PreShift}, addend: {negative.Addend},");
        string third = FormattableString.Invariant(
            $" shift: {negative.Shift}, min: {positive.Min}, max: {positive.Max}, negativeMin: {negative.Min}, negativeMax: {negative.Max}");
        PrintUnary(printer, printer.Writer.Use(PRelu), perChannel, first + second + third);
    }

    private static void PrintBinary(NanoLayerPrinter printer, string kernel, string numbers)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        int bitsA = step.Operands[0].Layout.Bits, bitsB = step.Operands[1].Layout.Bits, bits = step.Result.Layout.Bits;
        void Call(string a, int stepA, string b, int stepB, string y, string count) => writer.Text(
            $$"""
            {{kernel}}(
                a, {{a}}, aStep: {{stepA}}, aBits: {{bitsA}}, b, {{b}}, bStep: {{stepB}}, bBits: {{bitsB}},
                y, {{y}}, yBits: {{bits}}, count: {{count}},
                {{numbers}});
            """);

        if (step.Region is { } region)
        {
            var (a, b) = (region.Inputs[0], region.Inputs[1]);
            int channels = region.Output.Channels;
            Pixels(writer, () => Call(
                PixelOf("ao", a), a.Channels == 1 && channels > 1 ? 0 : 1, PixelOf("bo", b), b.Channels == 1 && channels > 1 ? 0 : 1,
                PixelOf("yo", region.Output), NanoWriter.Number(channels)));
            return;
        }

        var loops = step.Loops!;
        bool packed = bitsA < 8 || bitsB < 8 || bits < 8;
        Nest(writer, loops, packed ? step.Result.Layout.Pitch : loops.Row, (starts, y) => Call(
            "ao" + starts[0], loops.RowStride(0), "bo" + starts[1], loops.RowStride(1), y, NanoWriter.Number(loops.Row)));
    }

    /// <summary>Prints the outer loops of a nest; the body gets the offsets of the operands, and where a row of the result starts.</summary>
    private static void Nest(NanoWriter writer, LoopNest loops, int rowBytes, Action<string[], string> body)
    {
        int outer = loops.Sizes.Length - 1;
        var starts = loops.Strides.Select(strides => NanoMoves.Offsets(strides, outer)).ToArray();
        if (outer == 0)
        {
            body(starts, "yo");
            return;
        }

        for (int axis = 0; axis < outer - 1; axis++)
            writer.Text($"for (int i{axis} = 0; i{axis} < {loops.Sizes[axis]}; i{axis}++)");

        int last = outer - 1;
        using (writer.Block($"for (int i{last} = 0; i{last} < {loops.Sizes[last]}; i{last}++)"))
        {
            body(starts, "yo");
            writer.Text($"yo += {rowBytes};");
        }
    }

    private static void PrintUnary(NanoLayerPrinter printer, string kernel, bool perChannel, string numbers)
    {
        var (writer, step) = (printer.Writer, printer.Step);
        CodeLayout from = step.Operands[0].Layout, to = step.Result.Layout;
        void Call(string x, string y, string count) => writer.Text(
            $$"""
            {{kernel}}(
                x, {{x}}, xBits: {{from.Bits}}, y, {{y}}, yBits: {{to.Bits}}, count: {{count}},
                {{numbers}});
            """);

        if (step.Region is { } region)
        {
            Pixels(writer, () => Call(PixelOf("xo", region.Inputs[0]), PixelOf("yo", region.Output), NanoWriter.Number(region.Output.Channels)));
            return;
        }

        if (!perChannel && from.IsDense && to.IsDense)
        {
            Call("xo", "yo", NanoWriter.Number(to.Elements));
            return;
        }

        using (writer.Block($"for (int line = 0; line < {to.Lines}; line++)"))
            Call(FormattableString.Invariant($"xo + (line * {from.Pitch})"), FormattableString.Invariant($"yo + (line * {to.Pitch})"), NanoWriter.Number(to.Line));
    }

    /// <summary>Prints the loops over the pixels of a region.</summary>
    public static void Pixels(NanoWriter writer, Action pixel)
    {
        writer.Raw("for (int oy = top; oy < bottom; oy++)");
        using (writer.Block($"for (int ox = left; ox < right; ox++)"))
            pixel();
    }

    /// <summary>Where pixel (oy, ox) of an image starts; of a constant that all pixels share, where that starts.</summary>
    public static string PixelOf(string start, ImageShape image) =>
        image.Pixel == 0 ? start : FormattableString.Invariant($"{start} + (oy * {image.Pitch}) + (ox * {image.Pixel})");
}
