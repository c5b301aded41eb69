using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Sums of whole tensors of 8-bit codes for cores with Helium: what nano-runtime/native/include/qmcu_mve_add.h describes.</summary>
internal static class MveAddLowering
{
    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(AddLayer layer, CContext context)
    {
        var shape = context.Output.Shape;
        bool bytes = context.InputBits(0) == 8 && context.InputBits(1) == 8 && context.OutputBits == 8;
        bool alike = context.Input(0).Shape.Equals(shape) && context.Input(1).Shape.Equals(shape);
        if (context.IsTiled || !bytes || !alike)
            return null;

        var kernel = new CKernel(
            "add_mve", "qmcu_mve_add.h", "qmcu_mve_add_run", "qmcu_add", "const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t count", "a, b, y, count", []);
        return context.Step(
            kernel, context.Title(), ElementwiseLowering.Fields(layer, context), context.InputPointer(0), context.InputPointer(1), context.OutputPointer,
            new CArgument.Number(shape.Elements));
    }
}
