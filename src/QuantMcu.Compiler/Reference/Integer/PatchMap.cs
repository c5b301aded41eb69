using System;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>A feature map of which only some pixels are there. Regions are read and written row by row, all channels.</summary>
internal sealed class PatchMap
{
    private readonly QuantizedTensor tensor;
    private readonly byte[] codes;
    private readonly bool[] present;

    /// <summary>A map without any pixel.</summary>
    public PatchMap(QuantizedTensor tensor)
        : this(tensor, new byte[tensor.Elements])
    {
    }

    private PatchMap(QuantizedTensor tensor, byte[] codes)
    {
        this.tensor = tensor;
        this.codes = codes;
        present = new bool[tensor.Shape[1] * tensor.Shape[2]];
    }

    private int Channels => tensor.Shape[3];

    /// <summary>A map with all its pixels.</summary>
    public static PatchMap Of(QuantizedTensor tensor, byte[] codes)
    {
        var map = new PatchMap(tensor, codes);
        for (int pixel = 0; pixel < map.present.Length; pixel++)
            map.present[pixel] = true;

        return map;
    }

    /// <exception cref="InvalidOperationException">A pixel of the region is not there.</exception>
    public byte[] Read(Region region)
    {
        var result = new byte[region.Pixels * Channels];
        int next = 0;
        for (int y = region.Rows.Begin; y < region.Rows.End; y++)
        {
            for (int x = region.Columns.Begin; x < region.Columns.End; x++, next += Channels)
            {
                int pixel = Pixel(y, x);
                if (!present[pixel])
                    throw new InvalidOperationException("Pixel [" + y + ", " + x + "] of " + tensor.Name + " is read but is not there.");

                Array.Copy(codes, pixel * Channels, result, next, Channels);
            }
        }

        return result;
    }

    public void Write(Region region, byte[] values)
    {
        int next = 0;
        for (int y = region.Rows.Begin; y < region.Rows.End; y++)
        {
            for (int x = region.Columns.Begin; x < region.Columns.End; x++, next += Channels)
            {
                Array.Copy(values, next, codes, Pixel(y, x) * Channels, Channels);
                present[Pixel(y, x)] = true;
            }
        }
    }

    /// <summary>Forgets the pixels of some columns.</summary>
    public void Clear(Interval columns)
    {
        for (int y = 0; y < tensor.Shape[1]; y++)
        {
            for (int x = columns.Begin; x < columns.End; x++)
                present[Pixel(y, x)] = false;
        }
    }

    public void Clear() => Array.Clear(present, 0, present.Length);

    private int Pixel(int y, int x) => (y * tensor.Shape[2]) + x;
}
