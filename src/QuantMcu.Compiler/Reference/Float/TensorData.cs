using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>Makes and moves tensors of any element type.</summary>
internal static class TensorData
{
    /// <summary>
    /// A tensor of computed values, each rounded once to the element type: to nearest for floats; truncated and wrapped to
    /// the width for integers.
    /// </summary>
    public static Tensor FromDoubles(TensorType type, double[] values)
    {
        switch (type.Element)
        {
            case ElementType.Float64:
                return Tensor.Of(type.Shape, values);
            case ElementType.Float32:
            case ElementType.Float16:
                return Tensor.Of(type.Shape, Array.ConvertAll(values, value => (float)Round(type.Element, value)), type.Element);
            default:
                var integers = Array.ConvertAll(values, value => IntegerMath.FromDouble(type.Element, value));
                return Tensor.Of(type.Shape, integers, type.Element);
        }
    }

    /// <summary>The nearest value of a floating type, halves to even; other types are left alone.</summary>
    public static double Round(ElementType element, double value) => element switch
    {
        ElementType.Float32 => (float)value,
        ElementType.Float16 => HalfPrecision.Round(value),
        _ => value,
    };

    /// <summary>
    /// Element i of the result is element <c>indices[i]</c> of the source, or <paramref name="fill"/> where that is
    /// negative.
    /// </summary>
    public static Tensor Take(Tensor source, Shape shape, int[] indices, double fill = 0) => source.Element switch
    {
        ElementType.Float64 => Tensor.Of(shape, Take(source.Doubles, indices, fill)),
        ElementType.Float32 or ElementType.Float16 =>
            Tensor.Of(shape, Take(source.Floats, indices, (float)Round(source.Element, fill)), source.Element),
        _ => Tensor.Of(shape, Take(source.Integers, indices, IntegerMath.FromDouble(source.Element, fill)), source.Element),
    };

    /// <summary>The array that holds a tensor's values: float[], double[] or long[].</summary>
    public static Array Storage(Tensor tensor) => tensor.Element switch
    {
        ElementType.Float64 => tensor.Doubles,
        ElementType.Float32 or ElementType.Float16 => tensor.Floats,
        _ => tensor.Integers,
    };

    /// <summary>A new tensor of zeros, to be filled through <see cref="Storage"/>.</summary>
    public static Tensor Allocate(TensorType type) => type.Element switch
    {
        ElementType.Float64 => Tensor.Of(type.Shape, new double[type.Shape.Elements]),
        ElementType.Float32 or ElementType.Float16 => Tensor.Of(type.Shape, new float[type.Shape.Elements], type.Element),
        _ => Tensor.Of(type.Shape, new long[type.Shape.Elements], type.Element),
    };

    private static T[] Take<T>(T[] source, int[] indices, T fill) =>
        Array.ConvertAll(indices, index => index < 0 ? fill : source[index]);
}
