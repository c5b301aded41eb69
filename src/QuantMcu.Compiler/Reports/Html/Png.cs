using System;
using System.Collections.Generic;
using System.Text;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>
/// A picture as a PNG file (RFC 2083) whose data is stored, not compressed: the same bytes on every machine, whatever its zlib.
/// </summary>
internal static class Png
{
    private const int LongestBlock = 65535;

    /// <summary>The file as a data URI.</summary>
    public static string DataUri(Picture picture) => "data:image/png;base64," + Convert.ToBase64String(Of(picture));

    public static byte[] Of(Picture picture)
    {
        var file = new List<byte> { 0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A };
        byte colorType = picture.Channels == 1 ? (byte)0 : (byte)2;
        var header = new List<byte>();
        Add(header, (uint)picture.Width);
        Add(header, (uint)picture.Height);
        header.AddRange(new byte[] { 8, colorType, 0, 0, 0 });
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", Stored(Rows(picture)));
        Chunk(file, "IEND", new List<byte>());
        return file.ToArray();
    }

    /// <summary>Every row after the number of its filter: 0, none.</summary>
    private static List<byte> Rows(Picture picture)
    {
        int row = picture.Width * picture.Channels;
        var rows = new List<byte>(picture.Height * (row + 1));
        for (int y = 0; y < picture.Height; y++)
        {
            rows.Add(0);
            for (int i = 0; i < row; i++)
                rows.Add(picture.Pixels[(y * row) + i]);
        }

        return rows;
    }

    /// <summary>A zlib stream (RFC 1950) of stored blocks.</summary>
    private static List<byte> Stored(List<byte> data)
    {
        var stream = new List<byte> { 0x78, 0x01 };
        for (int start = 0; start < data.Count; start += LongestBlock)
        {
            int length = Math.Min(LongestBlock, data.Count - start);
            stream.Add(start + length == data.Count ? (byte)1 : (byte)0);
            stream.AddRange(new[] { (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8) });
            stream.AddRange(data.GetRange(start, length));
        }

        Add(stream, Adler32(data));
        return stream;
    }

    private static void Chunk(List<byte> file, string type, List<byte> content)
    {
        var body = new List<byte>(Encoding.ASCII.GetBytes(type));
        body.AddRange(content);
        Add(file, (uint)content.Count);
        file.AddRange(body);
        Add(file, Crc32(body));
    }

    private static void Add(List<byte> bytes, uint value) =>
        bytes.AddRange(new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value });

    private static uint Adler32(List<byte> data)
    {
        const uint Prime = 65521;
        uint a = 1, b = 0;
        foreach (byte value in data)
        {
            a = (a + value) % Prime;
            b = (b + a) % Prime;
        }

        return (b << 16) | a;
    }

    private static uint Crc32(List<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }
}
