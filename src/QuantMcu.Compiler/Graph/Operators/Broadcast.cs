using System;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>ONNX's multidirectional broadcasting.</summary>
public static class Broadcast
{
    /// <summary>The common shape, or null where the shapes do not broadcast.</summary>
    public static Shape? Result(Shape a, Shape b)
    {
        var output = new int[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= output.Length; i++)
        {
            int left = i <= a.Rank ? a[a.Rank - i] : 1;
            int right = i <= b.Rank ? b[b.Rank - i] : 1;
            if (left != right && left != 1 && right != 1)
                return null;

            output[output.Length - i] = left == 1 ? right : left;
        }

        return new Shape(output);
    }

    /// <summary>Element strides of <paramref name="operand"/> while walking <paramref name="result"/>: 0 along broadcast axes.</summary>
    public static int[] Strides(Shape operand, Shape result)
    {
        var own = operand.Strides();
        var strides = new int[result.Rank];
        for (int i = 1; i <= operand.Rank; i++)
        {
            if (operand[operand.Rank - i] != 1)
                strides[result.Rank - i] = own[operand.Rank - i];
        }

        return strides;
    }
}
