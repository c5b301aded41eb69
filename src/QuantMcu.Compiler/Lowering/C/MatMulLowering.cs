using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Products of two matrices of activations.</summary>
internal static class MatMulLowering
{
    public static CStep Lower(MatMulLayer layer, CContext context)
    {
        int[] bits = [context.InputBits(0), context.InputBits(1), context.OutputBits];
        var kernel = new CKernel(
            "matmul" + CContext.Suffix(bits), "qmcu_matmul.h", "qmcu_matmul_run", "qmcu_matmul",
            "const uint8_t *a, const uint8_t *b, uint8_t *y", "a, b, y", [.. bits]);
        ImmutableArray<CField> fields =
        [
            ("batch", layer.Batch), ("m", layer.M), ("k", layer.K), ("n", layer.N),
            ("a_shared", layer.SharedA), ("b_shared", layer.SharedB),
            ("a_line", context.InputLine(0)), ("b_line", context.InputLine(1)), ("y_line", context.OutputLine),
            ("a_zero", context.Input(0).Quantizer.ZeroPoint), ("b_zero", context.Input(1).Quantizer.ZeroPoint),
            ("to", CContext.RequantizationOf(layer.Requantization)),
        ];
        return context.Step(
            kernel, context.Title(), fields, context.InputPointer(0), context.InputPointer(1), context.OutputPointer);
    }
}
