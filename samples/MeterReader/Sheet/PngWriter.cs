using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace MeterReader.Sheet;

/// <summary>Writes a canvas as an 8-bit RGB PNG file (www.w3.org/TR/png-3), using .NET's own zlib.</summary>
internal static class PngWriter
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = MakeCrcTable();

    public static void Write(string path, Canvas canvas)
    {
        using var file = File.Create(path);
        file.Write(Signature);
        WriteChunk(file, "IHDR", Header(canvas));
        WriteChunk(file, "IDAT", Compressed(canvas));
        WriteChunk(file, "IEND", []);
    }

    private static byte[] Header(Canvas canvas)
    {
        const byte bitDepth = 8, trueColor = 2;
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, canvas.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), canvas.Height);
        header[8] = bitDepth;
        header[9] = trueColor;
        return header;
    }

    // Every row is preceded by the number of its filter: 2, each byte less the one above it, suits photographs well enough.
    private static byte[] Compressed(Canvas canvas)
    {
        const byte filterUp = 2;
        int stride = 3 * canvas.Width;
        var row = new byte[stride + 1];
        row[0] = filterUp;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize))
        {
            for (int y = 0; y < canvas.Height; y++)
            {
                for (int i = 0; i < stride; i++)
                {
                    int above = y == 0 ? 0 : canvas.Pixels[((y - 1) * stride) + i];
                    row[i + 1] = (byte)(canvas.Pixels[(y * stride) + i] - above);
                }

                zlib.Write(row);
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        byte[] name = Encoding.ASCII.GetBytes(type);
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(name);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(data, Crc(name, uint.MaxValue)));
        file.Write(number);
    }

    private static uint Crc(byte[] data, uint crc)
    {
        foreach (byte value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        const uint polynomial = 0xEDB88320;
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? polynomial ^ (crc >> 1) : crc >> 1;

            table[n] = crc;
        }

        return table;
    }
}
