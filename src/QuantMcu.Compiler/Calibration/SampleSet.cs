using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>Element type of an .npy file of samples, which decides what an input code is.</summary>
public enum SampleType
{
    /// <summary>Raw samples 0 .. 255: the sample is the input code.</summary>
    UInt8,

    /// <summary>Raw samples -128 .. 127: the input code is the sample plus 128, and the caller passes sbyte.</summary>
    Int8,

    /// <summary>Real values in the units of the model's input.</summary>
    Float32,
}

/// <summary>Samples of one input: index first, then the input's axes, row-major. uint8 images are NHWC; int8 and float32 have the model's input shape.</summary>
public sealed class SampleSet
{
    public SampleSet(SampleType type, Shape shape, byte[] bytes, float[] floats)
    {
        Type = type;
        Shape = shape;
        Bytes = bytes;
        Floats = floats;
    }

    public SampleType Type { get; }

    /// <summary>Sample index first.</summary>
    public Shape Shape { get; }

    public int Count => Shape[0];

    /// <summary>The raw samples of UInt8 and Int8 files, Int8 by its bits; empty for Float32.</summary>
    public byte[] Bytes { get; }

    /// <summary>The samples of Float32 files; empty otherwise.</summary>
    public float[] Floats { get; }

    /// <summary>Elements of one sample.</summary>
    public int SampleElements => Count == 0 ? 0 : Shape.Elements / Count;

    /// <summary>The first <paramref name="count"/> samples, or all if there are fewer.</summary>
    public SampleSet Take(int count)
    {
        if (count >= Count)
            return this;

        int elements = count * SampleElements;
        var dimensions = Shape.Dimensions.SetItem(0, count);
        return new SampleSet(Type, new Shape(dimensions), Slice(Bytes, elements), Slice(Floats, elements));
    }

    private static T[] Slice<T>(T[] all, int count)
    {
        var part = new T[Math.Min(all.Length, count)];
        Array.Copy(all, part, part.Length);
        return part;
    }
}
