using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>What passes do with constants at compile time.</summary>
internal static class Constants
{
    /// <summary>The one number that a constant holds in all its elements.</summary>
    public static bool IsUniform(Value? value, out double number)
    {
        number = 0;
        if (value?.Constant is not { } tensor || tensor.Shape.Elements == 0)
            return false;

        number = tensor.At(0);
        for (int i = 1; i < tensor.Shape.Elements; i++)
        {
            if (!tensor.At(i).Equals(number))
                return false;
        }

        return true;
    }

    /// <summary>Whether a constant holds this number everywhere, to the precision of float.</summary>
    public static bool Is(Value? value, double expected) =>
        IsUniform(value, out double number) && Math.Abs(number - expected) <= 1e-6 * Math.Max(1, Math.Abs(expected));

    /// <summary>Float32 from double: the one rounding of a folded weight.</summary>
    public static Value Float(string name, Shape shape, IEnumerable<double> values) =>
        new(name, Tensor.Of(shape, values.Select(value => (float)value).ToArray()));

    /// <summary>Axis i of the result is axis permutation[i] of the tensor.</summary>
    public static Tensor Transpose(Tensor tensor, IReadOnlyList<int> permutation)
    {
        var strides = tensor.Shape.Strides();
        var shape = new Shape(permutation.Select(axis => tensor.Shape[axis]));
        return Pick(tensor, shape, permutation.Select(axis => strides[axis]).ToArray());
    }

    public static Tensor Broadcast(Tensor tensor, Shape shape) =>
        tensor.Shape.Equals(shape) ? tensor : Pick(tensor, shape, Graph.Operators.Broadcast.Strides(tensor.Shape, shape));

    /// <summary>The slices of an axis in another order (or some of them, or some twice).</summary>
    public static Tensor Take(Tensor tensor, int axis, int[] order)
    {
        int inner = 1;
        for (int i = axis + 1; i < tensor.Shape.Rank; i++)
            inner *= tensor.Shape[i];

        int length = tensor.Shape[axis];
        var shape = new Shape(tensor.Shape.Dimensions.SetItem(axis, order.Length));
        return Fill(tensor, shape, index =>
        {
            int slice = order[index / inner % order.Length] + (index / (inner * order.Length) * length);
            return (slice * inner) + (index % inner);
        });
    }

    /// <summary>Walks the result row-major and reads the tensor with these strides, one per axis of the result.</summary>
    private static Tensor Pick(Tensor tensor, Shape shape, int[] strides)
    {
        var counter = new int[shape.Rank];
        int source = 0;
        return Fill(tensor, shape, _ =>
        {
            int current = source;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++counter[axis] < shape[axis])
                    break;

                source -= strides[axis] * shape[axis];
                counter[axis] = 0;
            }

            return current;
        });
    }

    private static Tensor Fill(Tensor tensor, Shape shape, Func<int, int> source)
    {
        int count = shape.Elements;
        switch (tensor.Element)
        {
            case ElementType.Float32 or ElementType.Float16:
                return Tensor.Of(shape, Copy(tensor.Floats, count, source), tensor.Element);
            case ElementType.Float64:
                return Tensor.Of(shape, Copy(tensor.Doubles, count, source));
            default:
                return Tensor.Of(shape, Copy(tensor.Integers, count, source), tensor.Element);
        }
    }

    private static T[] Copy<T>(T[] values, int count, Func<int, int> source)
    {
        var copy = new T[count];
        for (int i = 0; i < count; i++)
            copy[i] = values[source(i)];

        return copy;
    }

    public static ImmutableArray<int> Inverse(IReadOnlyList<int> permutation)
    {
        var inverse = new int[permutation.Count];
        for (int i = 0; i < inverse.Length; i++)
            inverse[permutation[i]] = i;

        return inverse.ToImmutableArray();
    }
}
