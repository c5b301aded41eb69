using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ClipReference
{
    public static Tensor Evaluate(Clip clip, Operands operands)
    {
        var input = operands[0];
        if (input.Element.IsFloat())
            return operands.Map(x => Apply(clip.Clamp, x));

        return Tensor.Of(input.Shape, Array.ConvertAll(input.Integers, x => Apply(clip.Clamp, input.Element, x)), input.Element);
    }

    /// <summary>min(Max, max(Min, x)): with Min above Max the result is Max. NaN stays NaN.</summary>
    public static double Apply(Clamp clamp, double x)
    {
        double raised = x < clamp.Min ? clamp.Min : x;
        return raised > clamp.Max ? clamp.Max : raised;
    }

    public static long Apply(Clamp clamp, ElementType type, long x)
    {
        double value = type == ElementType.UInt64 ? unchecked((ulong)x) : x;
        double clamped = Apply(clamp, value);
        return clamped == value ? x : IntegerMath.Saturate(type, clamped);
    }
}
