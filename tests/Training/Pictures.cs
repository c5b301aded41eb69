using System;
using System.IO;
using System.IO.Compression;
using QuantMcu.Compiler.Calibration;

namespace QuantMcu.Training;

/// <summary>Gray pictures of 24 x 24 pixels with their classes.</summary>
internal sealed record Pictures(byte[] Pixels, int[] Labels)
{
    /// <summary>Pixels in a row.</summary>
    public const int Size = 24;

    private const float Mean = 112, Deviation = 64;

    public int Count => Labels.Length;

    /// <summary>Arrays <c>x</c> and <c>y</c> of a NumPy archive.</summary>
    public static Pictures OfArchive(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return Of(Entry(archive, "x.npy"), Entry(archive, "y.npy"));
    }

    /// <summary>The first pictures, and the others.</summary>
    public (Pictures First, Pictures Others) Split(int count) => (
        new Pictures(Pixels[..(count * Size * Size)], Labels[..count]), new Pictures(Pixels[(count * Size * Size)..], Labels[count..]));

    /// <summary>What the network sees of a picture, moved by some pixels; its edges are repeated.</summary>
    public float[] Values(int index, int down = 0, int right = 0, float gain = 1, float offset = 0)
    {
        float[] values = new float[Size * Size];
        var picture = Pixels.AsSpan(index * values.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            int y = Math.Clamp((i / Size) - down, 0, Size - 1), x = Math.Clamp((i % Size) - right, 0, Size - 1);
            values[i] = ((picture[(y * Size) + x] - Mean) / Deviation * gain) + offset;
        }

        return values;
    }

    private static Pictures Of(byte[] samples, byte[] labels)
    {
        var pictures = new Pictures(NpyReader.Read(samples).Bytes, NpyReader.ReadLabels(labels));
        if (pictures.Pixels.Length != pictures.Count * Size * Size)
            throw new InvalidDataException("pictures of 24 x 24 pixels are needed, one for each label");

        return pictures;
    }

    private static byte[] Entry(ZipArchive archive, string name)
    {
        using var stream = (archive.GetEntry(name) ?? throw new InvalidDataException("the archive has no " + name)).Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
