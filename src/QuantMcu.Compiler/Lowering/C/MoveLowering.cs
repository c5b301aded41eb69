using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>What moves codes: concatenation, strided copies, reshapes that pack anew, padding, resampling.</summary>
internal static class MoveLowering
{
    private const string Header = "qmcu_move.h";

    /// <summary>One copy of rows per part.</summary>
    public static CStep Lower(ConcatLayer layer, CContext context)
    {
        if (context.IsTiled)
            return ConcatRegion(layer, context);

        var output = context.Output.Shape;
        int outer = output.Take(layer.Axis).Aggregate(1, (product, size) => product * size);
        var calls = ImmutableArray.CreateBuilder<CCall>();
        int start = 0;
        for (int input = 0; input < layer.Inputs.Length; input++)
        {
            int part = context.Input(input).Elements / outer;
            var nest = LoopNest.Of(new Shape(outer, part), [part, 1], [output.Elements / outer, 1]);
            if (part > 0)
                calls.Add(Copy(context, input, nest, 0, start));

            start += part;
        }

        return new CStep(context.Title(), CopyKernel(context), [], calls.ToImmutable());
    }

    /// <summary>The channels of one part after the other.</summary>
    private static CStep ConcatRegion(ConcatLayer layer, CContext context)
    {
        int bits = context.OutputBits, start = 0;
        var kernel = new CKernel(
            "concat_tile" + CContext.Suffix(bits), Header, "qmcu_concat_region", null,
            "qmcu_view x, qmcu_region y, int32_t channels, int32_t start, int32_t y_channels", "x, y, channels, start, y_channels", [bits]);
        var calls = ImmutableArray.CreateBuilder<CCall>();
        for (int input = 0; input < layer.Inputs.Length; input++)
        {
            int channels = context.InputLine(input);
            calls.Add(new CCall([],
            [
                context.InputView(input), context.OutputRegion, new CArgument.Number(channels), new CArgument.Number(start),
                new CArgument.Number(context.OutputLine),
            ]));
            start += channels;
        }

        return new CStep(context.Title(), kernel, [], calls.ToImmutable());
    }

    public static CStep Lower(StridedCopyLayer layer, CContext context)
    {
        var nest = LoopNest.Of(context.Output.Shape, layer.Strides, context.Output.Shape.Strides());
        return new CStep(context.Title(), CopyKernel(context), [], [Copy(context, 0, nest, layer.Offset, 0)]);
    }

    public static CStep Lower(ReshapeLayer layer, CContext context)
    {
        _ = layer;
        var nest = LoopNest.Of(new Shape(context.Output.Elements), [1], [1]);
        return new CStep(context.Title(), CopyKernel(context), [], [Copy(context, 0, nest, 0, 0)]);
    }

    public static CStep Lower(PadLayer layer, CContext context)
    {
        if (context.IsTiled)
            return PadRegion(layer, context);

        Shape x = context.Input(0).Shape, y = context.Output.Shape;
        bool isScalar = y.Rank == 0;
        int bits = context.OutputBits;
        var kernel = new CKernel(
            "pad" + CContext.Suffix(bits), Header, "qmcu_pad_run", "qmcu_pad", "const uint8_t *x, uint8_t *y, int32_t lines",
            "x, y, lines", [bits]);
        ImmutableArray<CField> fields =
        [
            ("axes", isScalar ? 0 : y.Rank - 1), ("x_sizes", isScalar ? new[] { 1 } : x.ToArray()),
            ("y_sizes", isScalar ? new[] { 1 } : y.ToArray()), ("begin", isScalar ? new[] { 0 } : layer.Begin.ToArray()),
            ("mode", ModeOf(layer.Mode)), ("code", (int)layer.Code),
        ];
        return context.Step(
            kernel, context.Title(layer.Mode.ToString().ToLowerInvariant()), fields, context.InputPointer(0), context.OutputPointer,
            new CArgument.Number(y.Elements / context.OutputLine));
    }

    private static CStep PadRegion(PadLayer layer, CContext context)
    {
        var x = context.Input(0).Shape;
        int bits = context.OutputBits;
        var kernel = new CKernel(
            "pad_tile" + CContext.Suffix(bits), Header, "qmcu_pad_region", "qmcu_pad_image", "qmcu_view x, qmcu_region y", "x, y", [bits]);
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("top", layer.Begin[1]), ("left", layer.Begin[2]), ("before", layer.Begin[3]),
            ("outputs", context.OutputLine), ("code", (int)layer.Code),
        ];
        return new CStep(context.Title("constant"), kernel, fields, [context.ImageCall()]);
    }

    public static CStep Lower(ResizeLayer layer, CContext context)
    {
        int bits = context.OutputBits;
        var kernel = new CKernel(
            "resize" + CContext.Suffix(bits), Header, "qmcu_resize_run", "qmcu_resize", "qmcu_view x, qmcu_region y", "x, y", [bits]);
        ImmutableArray<CField> fields =
            [("channels", context.OutputLine), ("rows", Table(layer.Rows)), ("columns", Table(layer.Columns))];
        return new CStep(context.Title(layer.IsNearest ? "nearest" : "linear"), kernel, fields, [context.ImageCall()]);
    }

    private static CKernel CopyKernel(CContext context) => new(
        "copy" + CContext.Suffix(context.OutputBits), Header, "qmcu_copy_run", null,
        "const uint8_t *x, int32_t x_line, int32_t ix, int32_t x_stride, uint8_t *y, int32_t y_line, int32_t iy, int32_t y_stride, int32_t count",
        "x, x_line, ix, x_stride, y, y_line, iy, y_stride, count", [context.OutputBits]);

    /// <summary>Copies a nest whose operands are input and output.</summary>
    private static CCall Copy(CContext context, int input, LoopNest nest, int from, int to) => new(
        ElementwiseLowering.Loops(nest),
        [
            context.InputPointer(input), new CArgument.Number(context.InputLine(input)),
            new CArgument.Number(ElementwiseLowering.Outer(nest, 0, from)), new CArgument.Number(nest.RowStride(0)),
            context.OutputPointer, new CArgument.Number(context.OutputLine),
            new CArgument.Number(ElementwiseLowering.Outer(nest, 1, to)), new CArgument.Number(nest.RowStride(1)), new CArgument.Number(nest.Row),
        ]);

    /// <summary>As the kernel counts them.</summary>
    private static int ModeOf(PadMode mode) => mode switch
    {
        PadMode.Reflect => 1,
        PadMode.Edge => 2,
        PadMode.Wrap => 3,
        _ => 0,
    };

    private static int[] Table(ResizeAxis axis) =>
        Enumerable.Range(0, axis.Low.Length).SelectMany(i => new[] { axis.Low[i], axis.High[i], axis.Fraction[i] }).ToArray();
}
