using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

internal static class CastReference
{
    public static Tensor Evaluate(Operands operands)
    {
        var input = operands[0];
        var to = operands.Output.Element;
        if (input.Element.IsFloat() || to.IsFloat())
            return TensorData.FromDoubles(operands.Output, input.ToDoubles());

        return Tensor.Of(input.Shape, Array.ConvertAll(input.Integers, value => IntegerMath.Wrap(to, value)), to);
    }
}
