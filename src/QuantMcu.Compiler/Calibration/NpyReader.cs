using System;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Reads NumPy's .npy files (format versions 1 to 3, C order, little endian). Files are untrusted: every count is checked against
/// the bytes that are there before anything is allocated. Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public static class NpyReader
{
    /// <summary>Samples, index first: <c>|u1</c>, <c>|i1</c>, <c>&lt;f4</c>, or <c>&lt;f8</c> rounded to float.</summary>
    /// <exception cref="ModelException">The file is not such a file, is empty, or holds numbers that are not finite.</exception>
    public static SampleSet Read(byte[] file)
    {
        var header = NpyHeader.Parse(file);
        if (header.Shape.Rank == 0)
            throw new ModelException(RequestRules.UnsupportedNpy, "a single number", "an array of samples is expected");

        return header.Descr switch
        {
            "|u1" => new SampleSet(SampleType.UInt8, header.Shape, Bytes(file, header), Array.Empty<float>()),
            "|i1" => new SampleSet(SampleType.Int8, header.Shape, Bytes(file, header), Array.Empty<float>()),
            "<f4" or "<f8" => new SampleSet(SampleType.Float32, header.Shape, Array.Empty<byte>(), Floats(file, header)),
            _ => throw Unsupported(header, "samples are uint8, int8 or float32. Convert them with array.astype(numpy.float32)"),
        };
    }

    /// <summary>Class numbers, one per sample, of any integer type.</summary>
    /// <exception cref="ModelException">The file is not a vector of non-negative integers.</exception>
    public static int[] ReadLabels(byte[] file)
    {
        var header = NpyHeader.Parse(file);
        if (header.Descr[1] is not ('i' or 'u'))
            throw Unsupported(header, "labels are integers. Convert them with array.astype(numpy.int64)");
        if (header.Shape.Rank == 0 || header.Shape.Elements != header.Shape[0])
            throw new ModelException(RequestRules.InvalidLabels, "their shape is " + header.Shape);

        bool signed = header.Descr[1] == 'i';
        var labels = new int[header.Shape[0]];
        for (int i = 0; i < labels.Length; i++)
        {
            long label = Integer(file, header.DataOffset + (i * header.ItemBytes), header.ItemBytes, signed);
            if (label < 0 || label > int.MaxValue)
                throw new ModelException(RequestRules.InvalidLabels, "label " + i + " is " + label);

            labels[i] = (int)label;
        }

        return labels;
    }

    private static ModelException Unsupported(NpyHeader header, string remedy) =>
        new(RequestRules.UnsupportedNpy, "elements of type '" + header.Descr + "'", remedy);

    private static byte[] Bytes(byte[] file, NpyHeader header)
    {
        var bytes = new byte[header.Shape.Elements];
        Array.Copy(file, header.DataOffset, bytes, 0, bytes.Length);
        return bytes;
    }

    private static float[] Floats(byte[] file, NpyHeader header)
    {
        var floats = new float[header.Shape.Elements];
        if (header.ItemBytes == sizeof(float) && BitConverter.IsLittleEndian)
        {
            Buffer.BlockCopy(file, header.DataOffset, floats, 0, floats.Length * sizeof(float));
        }
        else
        {
            for (int i = 0; i < floats.Length; i++)
                floats[i] = Float(file, header.DataOffset + (i * header.ItemBytes), header.ItemBytes);
        }

        int bad = Array.FindIndex(floats, value => float.IsNaN(value) || float.IsInfinity(value));
        if (bad >= 0)
            throw new ModelException(RequestRules.SampleNotFinite, bad / (floats.Length / header.Shape[0]));

        return floats;
    }

    private static unsafe float Float(byte[] file, int offset, int bytes)
    {
        long bits = Integer(file, offset, bytes, signed: true);
        if (bytes == sizeof(double))
            return (float)BitConverter.Int64BitsToDouble(bits);

        int single = (int)bits;
        return *(float*)&single;
    }

    private static long Integer(byte[] file, int offset, int bytes, bool signed)
    {
        ulong bits = 0;
        for (int i = bytes - 1; i >= 0; i--)
            bits = (bits << 8) | file[offset + i];

        int unused = 64 - (8 * bytes);
        return signed ? (long)(bits << unused) >> unused : (long)bits;
    }
}
