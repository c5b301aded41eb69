using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx.Proto;

namespace QuantMcu.Compiler.Onnx;

/// <summary>TensorProto to <see cref="Tensor"/>. Sizes are compared with the data before anything is allocated.</summary>
internal static class TensorReader
{
    /// <param name="proto">The message.</param>
    /// <param name="name">What to call it in a diagnostic.</param>
    /// <exception cref="ModelException">External data, an element type that is not read, or data that do not fit the dimensions.</exception>
    public static Tensor Read(TensorProto proto, string name)
    {
        if (proto.DataLocation == TensorProto.Types.DataLocation.External || proto.ExternalData.Count > 0)
            throw new ModelException(OnnxRules.ExternalData, name);

        var element = OnnxElementTypes.Read(proto.DataType, name);
        var shape = CheckedShape.Create(name, proto.Dims);
        int typed = TypedCount(proto);
        if (proto.RawData.Length == 0)
            return FromTyped(proto, name, element, shape, typed);
        if (typed > 0)
            throw Invalid(name, "it has its values twice, in raw_data and in a field of their type");

        return FromRaw(proto.RawData.Span, name, element, shape);
    }

    private static Tensor FromRaw(ReadOnlySpan<byte> raw, string name, ElementType element, Shape shape)
    {
        int size = BytesPerElement(element);
        if ((long)shape.Elements * size != raw.Length)
            throw Invalid(name, "shape " + shape + " of " + element + " takes " + ((long)shape.Elements * size) + " bytes, but it has " + raw.Length);

        if (!BitConverter.IsLittleEndian && size > 1)
            raw = Reversed(raw, size);

        switch (element)
        {
            case ElementType.Float32:
                return Tensor.Of(shape, MemoryMarshal.Cast<byte, float>(raw).ToArray());
            case ElementType.Float64:
                return Tensor.Of(shape, MemoryMarshal.Cast<byte, double>(raw).ToArray());
            case ElementType.Float16:
                return Tensor.Of(shape, ToSingles(MemoryMarshal.Cast<byte, ushort>(raw)), element);
            default:
                return Tensor.Of(shape, ToIntegers(raw, element), element);
        }
    }

    private static float[] ToSingles(ReadOnlySpan<ushort> halves)
    {
        var values = new float[halves.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Float16.ToSingle(halves[i]);

        return values;
    }

    private static long[] ToIntegers(ReadOnlySpan<byte> raw, ElementType element)
    {
        int size = BytesPerElement(element);
        var values = new long[raw.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = element switch
            {
                ElementType.Int8 => (sbyte)raw[i],
                ElementType.UInt8 => raw[i],
                ElementType.Bool => raw[i] == 0 ? 0 : 1,
                ElementType.Int16 => MemoryMarshal.Cast<byte, short>(raw)[i],
                ElementType.UInt16 => MemoryMarshal.Cast<byte, ushort>(raw)[i],
                ElementType.Int32 => MemoryMarshal.Cast<byte, int>(raw)[i],
                ElementType.UInt32 => MemoryMarshal.Cast<byte, uint>(raw)[i],
                _ => MemoryMarshal.Cast<byte, long>(raw)[i],
            };
        }

        return values;
    }

    private static Tensor FromTyped(TensorProto proto, string name, ElementType element, Shape shape, int typed)
    {
        int own = OwnField(proto, element);
        if (own != typed)
            throw Invalid(name, "it is of type " + element + ", but its values are in a field of another type");
        if (own != shape.Elements)
            throw Invalid(name, "shape " + shape + " takes " + shape.Elements + " values, but it has " + own);

        switch (element)
        {
            case ElementType.Float32:
                return Tensor.Of(shape, proto.FloatData.ToArray());
            case ElementType.Float64:
                return Tensor.Of(shape, proto.DoubleData.ToArray());
            case ElementType.Float16:
                return Tensor.Of(shape, HalvesOf(proto.Int32Data, name), element);
            case ElementType.Int64:
                return Tensor.Of(shape, proto.Int64Data.ToArray());
            case ElementType.UInt64:
                return Tensor.Of(shape, proto.Uint64Data.Select(value => unchecked((long)value)).ToArray(), element);
            case ElementType.UInt32:
                return Tensor.Of(shape, InRange(proto.Uint64Data.Select(value => value > long.MaxValue ? -1 : (long)value), name, element), element);
            default:
                return Tensor.Of(shape, InRange(proto.Int32Data.Select(value => (long)value), name, element), element);
        }
    }

    private static float[] HalvesOf(IEnumerable<int> bits, string name) => bits
        .Select(value => value is >= 0 and <= ushort.MaxValue
            ? Float16.ToSingle((ushort)value)
            : throw Invalid(name, "the number " + value + " is not the bits of a float16"))
        .ToArray();

    private static long[] InRange(IEnumerable<long> values, string name, ElementType element)
    {
        int bits = element.IntegerBits();
        long min = element.IsUnsigned() ? 0 : -(1L << (bits - 1));
        long max = (1L << (element.IsUnsigned() ? bits : bits - 1)) - 1;
        return values
            .Select(value => value >= min && value <= max ? value : throw Invalid(name, "the value " + value + " is outside " + element))
            .ToArray();
    }

    private static int TypedCount(TensorProto proto) =>
        proto.FloatData.Count + proto.Int32Data.Count + proto.Int64Data.Count + proto.DoubleData.Count + proto.Uint64Data.Count
        + proto.StringData.Count;

    /// <summary>Values in the field that the element type belongs in.</summary>
    private static int OwnField(TensorProto proto, ElementType element) => element switch
    {
        ElementType.Float32 => proto.FloatData.Count,
        ElementType.Float64 => proto.DoubleData.Count,
        ElementType.Int64 => proto.Int64Data.Count,
        ElementType.UInt32 or ElementType.UInt64 => proto.Uint64Data.Count,
        _ => proto.Int32Data.Count,
    };

    private static int BytesPerElement(ElementType element) => element switch
    {
        ElementType.Float32 => 4,
        ElementType.Float64 => 8,
        ElementType.Float16 => 2,
        ElementType.Bool => 1,
        _ => element.IntegerBits() / 8,
    };

    private static byte[] Reversed(ReadOnlySpan<byte> raw, int size)
    {
        var bytes = raw.ToArray();
        for (int i = 0; i < bytes.Length; i += size)
            Array.Reverse(bytes, i, size);

        return bytes;
    }

    private static ModelException Invalid(string name, string what) => new(OnnxRules.InvalidTensor, name, what);
}
