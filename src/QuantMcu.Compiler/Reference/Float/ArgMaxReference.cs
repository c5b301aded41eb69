using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ArgMaxReference
{
    public static Tensor Evaluate(ArgMax argMax, Operands operands)
    {
        var input = operands[0];
        int size = input.Shape[argMax.Axis];
        int inner = input.Shape.Strides()[argMax.Axis];
        var result = new long[operands.Output.Shape.Elements];
        if (size == 0 && result.Length > 0)
            throw operands.Invalid("axis " + argMax.Axis + " is empty");

        for (int i = 0; i < result.Length; i++)
        {
            int first = (i / inner * size * inner) + (i % inner);
            int best = 0;
            for (int j = 1; j < size; j++)
            {
                double candidate = input.At(first + (j * inner)), leader = input.At(first + (best * inner));
                if (candidate > leader || (argMax.SelectLast && candidate == leader))
                    best = j;
            }

            result[i] = best;
        }

        return Tensor.Of(operands.Output.Shape, result);
    }
}
