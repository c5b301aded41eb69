using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ReduceReference
{
    public static Tensor Evaluate(Reduce reduce, Operands operands)
    {
        var results = ResultIndices(reduce, operands[0].Shape);
        return operands.Output.Element.IsFloat()
            ? EvaluateReal(reduce, operands, results)
            : EvaluateIntegers(reduce, operands, results);
    }

    /// <summary>For every element of the input, the element of the result that it goes into.</summary>
    private static int[] ResultIndices(Reduce reduce, Shape shape)
    {
        var strides = new int[shape.Rank];
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (reduce.Axes.Contains(axis))
                continue;

            strides[axis] = stride;
            stride *= shape[axis];
        }

        return SourceIndices.Strided(shape, strides);
    }

    private static Tensor EvaluateReal(Reduce reduce, Operands operands, int[] results)
    {
        var input = operands[0];
        var y = new double[operands.Output.Shape.Elements];
        for (int i = 0; i < y.Length; i++)
            y[i] = reduce.Kind == ReduceKind.Max ? double.NegativeInfinity : 0;

        for (int i = 0; i < results.Length; i++)
        {
            double x = input.At(i);
            if (reduce.Kind != ReduceKind.Max)
                y[results[i]] += x;
            else if (x > y[results[i]] || double.IsNaN(x))
                y[results[i]] = x;
        }

        if (reduce.Kind == ReduceKind.Mean)
        {
            double count = (double)results.Length / y.Length;
            for (int i = 0; i < y.Length; i++)
                y[i] /= count;
        }

        return TensorData.FromDoubles(operands.Output, y);
    }

    private static Tensor EvaluateIntegers(Reduce reduce, Operands operands, int[] results)
    {
        var type = operands.Output.Element;
        var x = operands[0].Integers;
        var y = new long[operands.Output.Shape.Elements];
        for (int i = 0; i < y.Length; i++)
            y[i] = reduce.Kind == ReduceKind.Max ? IntegerMath.Least(type) : 0;

        for (int i = 0; i < results.Length; i++)
        {
            if (reduce.Kind != ReduceKind.Max)
                y[results[i]] = unchecked(y[results[i]] + x[i]);
            else if (IntegerMath.Compare(type, x[i], y[results[i]]) > 0)
                y[results[i]] = x[i];
        }

        long count = y.Length == 0 ? 0 : results.Length / y.Length;
        if (reduce.Kind == ReduceKind.Mean && count == 0 && y.Length > 0)
            throw operands.Invalid("no integer is the mean of no elements");

        for (int i = 0; i < y.Length; i++)
            y[i] = IntegerMath.Wrap(type, reduce.Kind == ReduceKind.Mean ? IntegerMath.Divide(type, y[i], count) : y[i]);

        return Tensor.Of(operands.Output.Shape, y, type);
    }
}
