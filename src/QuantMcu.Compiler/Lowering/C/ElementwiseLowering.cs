using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Sums, products, tables and parametric ReLUs.</summary>
internal static class ElementwiseLowering
{
    private const string Header = "qmcu_elementwise.h";

    private const string BinaryParameters =
        "const uint8_t *a, int32_t ia, int32_t sa, const uint8_t *b, int32_t ib, int32_t sb, uint8_t *y, int32_t iy, int32_t count";

    public static CStep Lower(AddLayer layer, CContext context) => !context.IsTiled && IsPacked(context)
        ? Packed(context, Fields(layer, context))
        : Binary(context, "add", Fields(layer, context));

    /// <summary>What kernels of sums take.</summary>
    internal static ImmutableArray<CField> Fields(AddLayer layer, CContext context) =>
    [
        .. Lines(context), ("multiplier_a", layer.MultiplierA), ("multiplier_b", layer.MultiplierB), ("addend", layer.Addend),
        ("shift", layer.Shift), ("min", layer.Min), ("max", layer.Max),
    ];

    /// <summary>Whether tensors of one shape have codes of few bits that follow each other without gaps.</summary>
    private static bool IsPacked(CContext context)
    {
        int[] bits = [context.InputBits(0), context.InputBits(1), context.OutputBits];
        var shape = context.Output.Shape;
        return bits.Any(one => one < 8) && bits.All(one => context.OutputLine * one % 8 == 0)
            && context.Input(0).Shape.Equals(shape) && context.Input(1).Shape.Equals(shape);
    }

    private static CStep Packed(CContext context, ImmutableArray<CField> fields)
    {
        int[] bits = [context.InputBits(0), context.InputBits(1), context.OutputBits];
        var kernel = new CKernel(
            "add_packed" + CContext.Suffix(bits), Header, "qmcu_add_packed", "qmcu_add",
            "const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t count", "a, b, y, count", [.. bits]);
        return context.Step(
            kernel, context.Title(), fields, context.InputPointer(0), context.InputPointer(1), context.OutputPointer,
            new CArgument.Number(context.Output.Elements));
    }

    public static CStep Lower(MulLayer layer, CContext context) => Binary(context, "mul",
    [
        .. Lines(context), ("a_zero", context.Input(0).Quantizer.ZeroPoint), ("b_zero", context.Input(1).Quantizer.ZeroPoint),
        ("to", CContext.RequantizationOf(layer.Requantization)),
    ]);

    public static CStep Lower(LookupLayer layer, CContext context)
    {
        int entries = context.Input(0).Quantizer.MaxCode + 1;
        return Unary(context, "lookup", [("line", context.OutputLine), ("step", layer.PerChannel ? entries : 0), ("table", layer.Table)]);
    }

    public static CStep Lower(PReluLayer layer, CContext context) => Unary(context, "prelu",
    [
        ("line", context.OutputLine), ("zero", context.Input(0).Quantizer.ZeroPoint),
        ("positive", CContext.RequantizationOf(layer.Positive)), ("negative", CContext.RequantizationOf(layer.Negative)),
    ]);

    private static IEnumerable<CField> Lines(CContext context) =>
        [("a_line", context.InputLine(0)), ("b_line", context.InputLine(1)), ("y_line", context.OutputLine)];

    private static CStep Binary(CContext context, string kind, ImmutableArray<CField> fields)
    {
        int[] bits = [context.InputBits(0), context.InputBits(1), context.OutputBits];
        if (context.IsTiled)
            return BinaryRegion(context, kind, fields, bits);

        var kernel = new CKernel(
            kind + CContext.Suffix(bits), Header, "qmcu_" + kind + "_run", "qmcu_" + kind, BinaryParameters,
            "a, ia, sa, b, ib, sb, y, iy, count", [.. bits]);
        var shape = context.Output.Shape;
        var nest = LoopNest.Of(
            shape, Broadcast.Strides(context.Input(0).Shape, shape), Broadcast.Strides(context.Input(1).Shape, shape), shape.Strides());
        CArgument[] arguments =
        [
            context.InputPointer(0), new CArgument.Number(Outer(nest, 0)), new CArgument.Number(nest.RowStride(0)),
            context.InputPointer(1), new CArgument.Number(Outer(nest, 1)), new CArgument.Number(nest.RowStride(1)),
            context.OutputPointer, new CArgument.Number(Outer(nest, 2)), new CArgument.Number(nest.Row),
        ];
        return new CStep(context.Title(), kernel, fields, [new CCall(Loops(nest), [.. arguments])]);
    }

    /// <summary>Whole rows of pixels at once where both operands have the channels of the result, else pixel by pixel.</summary>
    private static CStep BinaryRegion(CContext context, string kind, ImmutableArray<CField> fields, int[] bits)
    {
        bool rows = Enumerable.Range(0, 2).All(operand => !context.IsShared(operand) && context.InputLine(operand) == context.OutputLine);
        int[] literals = [rows ? 1 : 0, context.IsShared(0) ? 1 : 0, context.IsShared(1) ? 1 : 0, .. bits];
        var kernel = new CKernel(
            kind + "_tile" + CContext.Suffix(literals), Header, "qmcu_" + kind + "_region", "qmcu_" + kind, "qmcu_view a, qmcu_view b, qmcu_region y",
            "a, b, y", [.. literals]);
        return context.Step(kernel, context.Title(), fields, context.InputView(0), context.InputView(1), context.OutputRegion);
    }

    /// <summary>All axes of a nest but the innermost.</summary>
    internal static ImmutableArray<int> Loops(LoopNest nest) => nest.Sizes.Take(nest.Sizes.Length - 1).ToImmutableArray();

    /// <summary>Where an operand's innermost row starts.</summary>
    internal static Affine Outer(LoopNest nest, int operand, int offset = 0) =>
        new(offset, nest.Strides[operand].Take(nest.Sizes.Length - 1).ToImmutableArray());

    private static CStep Unary(CContext context, string kind, ImmutableArray<CField> fields)
    {
        int[] bits = [context.InputBits(0), context.OutputBits];
        if (context.IsTiled)
        {
            var tile = new CKernel(
                kind + "_tile" + CContext.Suffix(bits), Header, "qmcu_" + kind + "_region", "qmcu_" + kind, "qmcu_view x, qmcu_region y", "x, y",
                [.. bits]);
            return context.Step(tile, context.Title(), fields, context.InputView(0), context.OutputRegion);
        }

        var kernel = new CKernel(
            kind + CContext.Suffix(bits), Header, "qmcu_" + kind + "_run", "qmcu_" + kind, "const uint8_t *x, uint8_t *y, int32_t lines",
            "x, y, lines", [.. bits]);
        int lines = context.Output.Elements / context.OutputLine;
        return context.Step(kernel, context.Title(), fields, context.InputPointer(0), context.OutputPointer, new CArgument.Number(lines));
    }
}
