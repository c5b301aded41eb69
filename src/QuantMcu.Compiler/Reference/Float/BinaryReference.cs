using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class BinaryReference
{
    public static Tensor Evaluate(Binary binary, Operands operands)
    {
        Tensor a = operands[0], b = operands[1];
        var shape = operands.Output.Shape;
        var left = SourceIndices.Strided(shape, Broadcast.Strides(a.Shape, shape));
        var right = SourceIndices.Strided(shape, Broadcast.Strides(b.Shape, shape));
        return a.Element.IsFloat() || b.Element.IsFloat()
            ? EvaluateReal(binary, operands, left, right)
            : EvaluateIntegers(binary, operands, left, right);
    }

    private static Tensor EvaluateReal(Binary binary, Operands operands, int[] left, int[] right)
    {
        Tensor a = operands[0], b = operands[1];
        var values = new double[left.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = ClipReference.Apply(binary.Clamp, Apply(binary.Kind, a.At(left[i]), b.At(right[i])));

        return TensorData.FromDoubles(operands.Output, values);
    }

    private static Tensor EvaluateIntegers(Binary binary, Operands operands, int[] left, int[] right)
    {
        long[] a = operands[0].Integers, b = operands[1].Integers;
        var type = operands.Output.Element;
        var values = new long[left.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (binary.Kind == BinaryKind.Div && b[right[i]] == 0)
                throw operands.Invalid("it divides an integer by 0");

            long result = IntegerMath.Wrap(type, Apply(binary.Kind, type, a[left[i]], b[right[i]]));
            values[i] = ClipReference.Apply(binary.Clamp, type, result);
        }

        return Tensor.Of(operands.Output.Shape, values, type);
    }

    private static double Apply(BinaryKind kind, double a, double b) => kind switch
    {
        BinaryKind.Add => a + b,
        BinaryKind.Sub => a - b,
        BinaryKind.Mul => a * b,
        BinaryKind.Div => a / b,
        BinaryKind.Min => Math.Min(a, b),
        BinaryKind.Max => Math.Max(a, b),
        BinaryKind.Pow => Math.Pow(a, b),
        _ => throw new NotSupportedException("No reference for " + kind + "."),
    };

    private static long Apply(BinaryKind kind, ElementType type, long a, long b) => kind switch
    {
        BinaryKind.Add => unchecked(a + b),
        BinaryKind.Sub => unchecked(a - b),
        BinaryKind.Mul => unchecked(a * b),
        BinaryKind.Div => IntegerMath.Divide(type, a, b),
        BinaryKind.Min => IntegerMath.Compare(type, a, b) < 0 ? a : b,
        BinaryKind.Max => IntegerMath.Compare(type, a, b) > 0 ? a : b,
        BinaryKind.Pow => b >= 0 ? IntegerMath.Power(a, b) : IntegerMath.FromDouble(type, Math.Pow(a, b)),
        _ => throw new NotSupportedException("No reference for " + kind + "."),
    };
}
