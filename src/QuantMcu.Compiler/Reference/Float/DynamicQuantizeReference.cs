using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

internal static class DynamicQuantizeReference
{
    public static Tensor[] Evaluate(Operands operands)
    {
        var input = operands[0].ToFloats();
        float least = 0, greatest = 0;
        foreach (float x in input)
        {
            least = Math.Min(least, x);
            greatest = Math.Max(greatest, x);
        }

        float scale = greatest == least ? 1 : (greatest - least) / 255;
        long zeroPoint = QuantizeReference.Code(ElementType.UInt8, -least, scale, 0, ElementType.Float32);
        var codes = new long[input.Length];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = QuantizeReference.Code(ElementType.UInt8, input[i], scale, zeroPoint, ElementType.Float32);

        return
        [
            Tensor.Of(operands[0].Shape, codes, ElementType.UInt8),
            Tensor.Of(Shape.Scalar, new[] { scale }),
            Tensor.Of(Shape.Scalar, new[] { zeroPoint }, ElementType.UInt8),
        ];
    }
}
