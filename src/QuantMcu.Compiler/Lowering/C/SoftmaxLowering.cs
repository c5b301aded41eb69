using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Softmax and LogSoftmax.</summary>
internal static class SoftmaxLowering
{
    public static CStep Lower(SoftmaxLayer layer, CContext context)
    {
        int bits = context.InputBits(0);
        string name = layer.Log is null ? "softmax" : "log_softmax";
        var kernel = new CKernel(
            name + CContext.Suffix(bits), "qmcu_softmax.h", "qmcu_softmax_run", "qmcu_softmax", "const uint8_t *x, uint8_t *y", "x, y",
            [layer.Log is null ? 0 : 1, bits]);
        ImmutableArray<CField> fields =
        [
            ("outer", layer.Outer), ("length", layer.Length), ("inner", layer.Inner), ("x_line", context.InputLine(0)),
            ("exponentials", layer.Exponentials),
        ];
        if (layer.Log is { } log)
        {
            fields = fields.AddRange(
                ("logarithms", log.Logarithms), ("exponent_bits", log.ExponentBits), ("octave", log.Octave), ("step", log.Step),
                ("shift", log.Shift), ("zero", log.ZeroPoint));
        }

        return context.Step(kernel, context.Title(), fields, context.InputPointer(0), context.OutputPointer);
    }
}
