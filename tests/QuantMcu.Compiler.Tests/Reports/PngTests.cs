using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO;
using System.IO.Compression;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Reports.Html;
using Xunit;

namespace QuantMcu.Compiler.Tests.Reports;

public class PngTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 3)]
    [InlineData(200, 180, 3)]
    public void A_picture_comes_back_from_its_file(int height, int width, int channels)
    {
        var pixels = new byte[height * width * channels];
        new Random(5).NextBytes(pixels);

        byte[] file = Png.Of(new Picture(height, width, channels, pixels.ToImmutableArray()));

        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10], file[..8]);
        Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20))));
        Assert.Equal(channels == 1 ? 0 : 2, file[25]);
        byte[] rows = Inflated(file);
        int row = width * channels;
        Assert.Equal(pixels, rows.Where((_, i) => i % (row + 1) != 0).ToArray());
        Assert.All(Enumerable.Range(0, height), y => Assert.Equal(0, rows[y * (row + 1)]));
    }

    [Fact]
    public void The_file_ends_with_the_chunk_and_check_sum_of_every_png() =>
        Assert.Equal(
            [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82],
            Png.Of(new Picture(1, 1, 1, [7]))[^12..]);

    [Fact]
    public void A_large_sample_is_thinned_out_and_reals_are_stretched()
    {
        float[] values = Enumerable.Range(0, 600 * 4).Select(i => i / 600f).ToArray();

        var picture = Pictures.Of(Tensor.Of(new Shape(1, 600, 2, 2), values), raw: false)!;

        Assert.Equal((200, 1, 1), (picture.Height, picture.Width, picture.Channels));
        Assert.Equal(0, picture.Pixels[0]);
        Assert.InRange(picture.Pixels[^1], 253, 255);
    }

    [Fact]
    public void A_vector_is_no_picture() => Assert.Null(Pictures.Of(Tensor.Of(new Shape(1, 4), [1, 2, 3, 4]), raw: true));

    // ZLibStream checks the data's Adler-32.
    private static byte[] Inflated(byte[] file)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(33));
        using var stream = new ZLibStream(new MemoryStream(file, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        stream.CopyTo(rows);
        return rows.ToArray();
    }
}
