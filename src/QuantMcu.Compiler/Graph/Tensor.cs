using System;

namespace QuantMcu.Compiler.Graph;

/// <summary>
/// A tensor with values, row-major. Float32 and Float16 are held as <see cref="float"/>, Float64 as <see cref="double"/>, every
/// integer type and Bool as <see cref="long"/> (UInt64 by its bits). Treat the arrays as read-only once the tensor is shared.
/// </summary>
public sealed class Tensor
{
    private readonly Array data;

    private Tensor(ElementType element, Shape shape, Array data)
    {
        if (data.Length != shape.Elements)
            throw new ArgumentException("A tensor of shape " + shape + " needs " + shape.Elements + " elements, not " + data.Length + ".");

        Type = new TensorType(element, shape);
        this.data = data;
    }

    public TensorType Type { get; }

    public ElementType Element => Type.Element;

    public Shape Shape => Type.Shape;

    /// <summary>The values of a Float32 or Float16 tensor.</summary>
    public float[] Floats => (float[])data;

    /// <summary>The values of a Float64 tensor.</summary>
    public double[] Doubles => (double[])data;

    /// <summary>The values of an integer or Bool tensor.</summary>
    public long[] Integers => (long[])data;

    public static Tensor Of(Shape shape, float[] values, ElementType element = ElementType.Float32) => new(element, shape, values);

    public static Tensor Of(Shape shape, double[] values) => new(ElementType.Float64, shape, values);

    public static Tensor Of(Shape shape, long[] values, ElementType element = ElementType.Int64) => new(element, shape, values);

    /// <summary>The same values under another shape of as many elements; nothing is copied.</summary>
    public Tensor Reshape(Shape shape) => new(Element, shape, data);

    /// <summary>The value at a flat index, as a double whatever the element type.</summary>
    public double At(int index) => data switch
    {
        float[] floats => floats[index],
        double[] doubles => doubles[index],
        _ => Element == ElementType.UInt64 ? (ulong)((long[])data)[index] : ((long[])data)[index],
    };

    /// <summary>A new array of all values as doubles.</summary>
    public double[] ToDoubles()
    {
        var values = new double[data.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = At(i);

        return values;
    }

    /// <summary>The values as floats: the tensor's own array where it is one already, a new one otherwise.</summary>
    public float[] ToFloats()
    {
        if (data is float[] floats)
            return floats;

        var values = new float[data.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)At(i);

        return values;
    }
}
