using System;
using System.IO;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class NpyReaderTests
{
    private const string Header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";

    private static readonly byte[] Six = { 1, 2, 3, 4, 5, 6 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_takes_every_format_version(byte version)
    {
        var samples = NpyReader.Read(NpyFile.Of(Header, Six, version));

        Assert.Equal(SampleType.UInt8, samples.Type);
        Assert.Equal(new Shape(2, 3), samples.Shape);
        Assert.Equal(Six, samples.Bytes);
    }

    [Fact]
    public void Read_takes_the_entries_in_any_order_and_with_double_quotes()
    {
        var samples = NpyReader.Read(NpyFile.Of("{\"shape\":(6,),\"fortran_order\":False,\"descr\":\"|u1\"}", Six));

        Assert.Equal(new Shape(6), samples.Shape);
    }

    [Fact]
    public void Read_keeps_the_bits_of_int8()
    {
        var samples = NpyReader.Read(NpyFile.Of<sbyte>("|i1", "(3,)", -128, -1, 127));

        Assert.Equal(SampleType.Int8, samples.Type);
        Assert.Equal(new byte[] { 0x80, 0xFF, 0x7F }, samples.Bytes);
    }

    [Fact]
    public void Read_gives_floats_of_f4_and_f8()
    {
        float[] expected = { 1.5f, -0.1f, 3e38f };

        Assert.Equal(expected, NpyReader.Read(NpyFile.Of("<f4", "(3, 1)", expected)).Floats);
        Assert.Equal(expected, NpyReader.Read(NpyFile.Of("<f8", "(3, 1)", 1.5, -0.1, 3e38)).Floats);
    }

    [Fact]
    public void ReadLabels_takes_every_integer_type()
    {
        int[] expected = { 0, 7, 100 };

        Assert.Equal(expected, NpyReader.ReadLabels(NpyFile.Of<byte>("|u1", "(3,)", 0, 7, 100)));
        Assert.Equal(expected, NpyReader.ReadLabels(NpyFile.Of<sbyte>("|i1", "(3,)", 0, 7, 100)));
        Assert.Equal(expected, NpyReader.ReadLabels(NpyFile.Of<short>("<i2", "(3, 1)", 0, 7, 100)));
        Assert.Equal(expected, NpyReader.ReadLabels(NpyFile.Of<uint>("<u4", "(3,)", 0, 7, 100)));
        Assert.Equal(expected, NpyReader.ReadLabels(NpyFile.Of<long>("<i8", "(3,)", 0, 7, 100)));
    }

    [Theory]
    [InlineData("<i8", "(1,)", -1L, "QMCU1016")]
    [InlineData("<i8", "(1,)", 1L << 31, "QMCU1016")]
    [InlineData("<u8", "(1,)", -1L, "QMCU1016")]
    [InlineData("<i4", "(1, 2)", 1L, "QMCU1016")]
    [InlineData("<i8", "()", 1L, "QMCU1016")]
    [InlineData("<f8", "(1,)", 0L, "QMCU1011")]
    public void ReadLabels_refuses_what_is_no_vector_of_class_numbers(string descr, string shape, long value, string id) =>
        Assert.Equal(id, IdOf(() => NpyReader.ReadLabels(NpyFile.Of(descr, shape, value))));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Read_names_the_sample_that_is_not_finite(float bad)
    {
        var error = Assert.Throws<ModelException>(() => NpyReader.Read(NpyFile.Of("<f4", "(3, 2)", 0f, 0f, 0f, 0f, bad, 0f)));

        Assert.Equal("QMCU1012", error.Diagnostic.Id);
        Assert.StartsWith("Sample 2 ", error.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "QMCU1011")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", "QMCU1011")]
    [InlineData("{'descr': '|i2', 'fortran_order': False, 'shape': (3,), }", "QMCU1011")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (6,), }", "QMCU1011")]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }", "QMCU1011")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 6), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, -6), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 6), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 6), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 6), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (6 }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': 6 }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': None, 'shape': (6,), }", "QMCU1010")]
    [InlineData("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (6,), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,), }", "QMCU1010")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (6,), 'other': 'x', }", "QMCU1010")]
    [InlineData("{'descr", "QMCU1010")]
    [InlineData("{", "QMCU1010")]
    [InlineData("", "QMCU1010")]
    public void Read_refuses_a_header_with_one_diagnostic(string text, string id) =>
        Assert.Equal(id, IdOf(() => NpyReader.Read(NpyFile.Of(text, Six))));

    [Fact]
    public void Read_refuses_an_unknown_version_and_a_wrong_signature()
    {
        Assert.Equal("QMCU1010", IdOf(() => NpyReader.Read(NpyFile.Of(Header, Six, version: 4))));
        Assert.Equal("QMCU1010", IdOf(() => NpyReader.Read(new byte[100])));
        Assert.Equal("QMCU1011", IdOf(() => NpyReader.Read(NpyFile.Of<byte>("|u1", "()", 1))));
    }

    [Fact]
    public void Read_refuses_every_truncation_and_survives_every_changed_bit()
    {
        byte[] file = NpyFile.Of(Header, Six, version: 2);
        for (int length = 0; length < file.Length; length++)
            Assert.StartsWith("QMCU101", IdOf(() => NpyReader.Read(file.Take(length).ToArray())), StringComparison.Ordinal);

        for (int position = 0; position < file.Length; position++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = (byte[])file.Clone();
                changed[position] ^= (byte)(1 << bit);
                Exception? error = Record.Exception(() => NpyReader.Read(changed));
                Assert.True(error is null or ModelException, "bit " + bit + " of byte " + position + ": " + error);
            }
        }
    }

    [ModelsFact]
    public void Read_takes_real_files()
    {
        Assert.Equal(new Shape(128, 96, 96, 1), NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data("meter", "calib_x"))).Shape);
        Assert.Equal(SampleType.Int8, NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data("keyword", "calib_x"))).Type);
        Assert.Equal(256, NpyReader.ReadLabels(File.ReadAllBytes(ModelsFolder.Data("imagenet_128", "eval_y"))).Length);
    }

    private static string IdOf(Action read) => Assert.Throws<ModelException>(read).Diagnostic.Id;
}
