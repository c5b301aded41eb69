using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Pools, reductions of an axis, and the index of the largest code.</summary>
internal static class PoolLowering
{
    private const string Header = "qmcu_pool.h";

    /// <summary>For kernels that only compare.</summary>
    private static readonly Requantization None = new([0], 0, 0, 0, 0, 255);

    public static CStep Lower(MaxPoolLayer layer, CContext context) => Pool(context, "max_pool", layer.Window, false, None, false);

    public static CStep Lower(AveragePoolLayer layer, CContext context) =>
        Pool(context, "average_pool", layer.Window, layer.CountIncludePad, layer.Requantization, true);

    public static CStep Lower(ReduceLayer layer, CContext context)
    {
        bool isSum = layer.Kind != ReduceKind.Max;
        return Line(context, isSum ? "reduce_sum" : "reduce_max", "reduce", isSum, layer.Outer, layer.Length, layer.Inner, layer.Requantization);
    }

    public static CStep Lower(ArgMaxLayer layer, CContext context) => Line(
        context, layer.SelectLast ? "argmax_last" : "argmax", "argmax", layer.SelectLast, layer.Outer, layer.Length, layer.Inner, None);

    private static CStep Pool(CContext context, string name, Window window, bool countPadding, Requantization to, bool isMean)
    {
        var x = context.Input(0).Shape;
        int[] bits = [context.InputBits(0), context.OutputBits];
        var kernel = new CKernel(
            name + CContext.Suffix(bits), Header, "qmcu_pool_run", "qmcu_pool", "qmcu_view x, qmcu_region y", "x, y",
            [isMean ? 1 : 0, .. bits]);
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("window", CContext.WindowOf(window)),
            ("pad_bottom", window.PadsEnd[0]), ("pad_right", window.PadsEnd[1]), ("count_padding", countPadding),
            ("zero", context.Input(0).Quantizer.ZeroPoint), ("to", CContext.RequantizationOf(to)),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, fields, [context.ImageCall()]);
    }

    private static CStep Line(
        CContext context, string name, string kind, bool literal, int outer, int length, int inner, Requantization to)
    {
        int[] bits = [context.InputBits(0), context.OutputBits];
        var kernel = new CKernel(
            name + CContext.Suffix(bits), Header, "qmcu_" + kind + "_run", "qmcu_reduce", "const uint8_t *x, uint8_t *y", "x, y",
            [literal ? 1 : 0, .. bits]);
        ImmutableArray<CField> fields =
        [
            ("outer", outer), ("length", length), ("inner", inner), ("x_line", context.InputLine(0)), ("y_line", context.OutputLine),
            ("zero", context.Input(0).Quantizer.ZeroPoint), ("to", CContext.RequantizationOf(to)),
        ];
        return context.Step(kernel, context.Title(), fields, context.InputPointer(0), context.OutputPointer);
    }
}
