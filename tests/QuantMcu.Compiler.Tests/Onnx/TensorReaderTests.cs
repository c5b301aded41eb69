using System;
using System.Linq;
using Google.Protobuf;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class TensorReaderTests
{
    [Theory]
    [InlineData(ElementType.Int8, -128L, 127L)]
    [InlineData(ElementType.Int16, -32768L, 32767L)]
    [InlineData(ElementType.Int32, int.MinValue, int.MaxValue)]
    [InlineData(ElementType.Int64, long.MinValue, long.MaxValue)]
    [InlineData(ElementType.UInt8, 0L, 255L)]
    [InlineData(ElementType.UInt16, 0L, 65535L)]
    [InlineData(ElementType.UInt32, 0L, uint.MaxValue)]
    [InlineData(ElementType.UInt64, 0L, -1L)]
    [InlineData(ElementType.Bool, 0L, 1L)]
    public void Integers_are_read_from_raw_data_and_from_the_field_of_their_type(ElementType element, long least, long greatest)
    {
        var tensor = Tensor.Of(new Shape(1, 3), [least, 1L, greatest], element);

        Assert.Equal(tensor.Integers, Read(tensor, raw: true).Integers);
        Assert.Equal(tensor.Integers, Read(tensor, raw: false).Integers);
        Assert.Equal(tensor.Type, Read(tensor, raw: false).Type);
    }

    [Fact]
    public void Floats_and_doubles_are_read_from_raw_data_and_from_the_field_of_their_type()
    {
        var floats = Tensor.Of(new Shape(3), [1.5f, float.MaxValue, -0f]);
        var doubles = Tensor.Of(new Shape(2), [1.1, double.MinValue]);
        foreach (bool raw in new[] { true, false })
        {
            Assert.Equal(floats.Floats, Read(floats, raw).Floats);
            Assert.Equal(doubles.Doubles, Read(doubles, raw).Doubles);
        }
    }

    [Fact]
    public void Every_half_is_read_exactly_from_raw_data_and_from_int32_data()
    {
        var bits = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        var raw = new TensorProto { DataType = 10, RawData = ByteString.CopyFrom(bits.SelectMany(BitConverter.GetBytes).ToArray()) };
        var typed = new TensorProto { DataType = 10 };
        typed.Int32Data.AddRange(bits.Select(value => (int)value));
        raw.Dims.Add(65536);
        typed.Dims.Add(65536);
        var expected = bits.Select(value => (float)BitConverter.UInt16BitsToHalf(value)).ToArray();

        Assert.Equal(expected, TensorReader.Read(raw, "t").Floats);
        Assert.Equal(expected, TensorReader.Read(typed, "t").Floats);
    }

    [Fact]
    public void A_tensor_without_dimensions_is_a_scalar_and_one_with_a_zero_is_empty()
    {
        var scalar = new TensorProto { DataType = 1, FloatData = { 2f } };
        var empty = new TensorProto { DataType = 1, Dims = { 3, 0 } };

        Assert.Equal(Shape.Scalar, TensorReader.Read(scalar, "t").Shape);
        Assert.Empty(TensorReader.Read(empty, "t").Floats);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { """{ "dims": [2], "dataType": 1, "rawData": "AAAAAAA=" }""", "QMCU2007" },
        { """{ "dims": [2], "dataType": 1, "floatData": [1] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 1, "floatData": [1], "rawData": "AAAAAA==" }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 1, "int32Data": [1] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 1, "floatData": [1], "int64Data": [1] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 1 }""", "QMCU2007" },
        { """{ "dims": [-1], "dataType": 1, "floatData": [1] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 3, "int32Data": [128] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 2, "int32Data": [-1] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 9, "int32Data": [2] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 10, "int32Data": [65536] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 12, "uint64Data": ["4294967296"] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 12, "uint64Data": ["18446744073709551615"] }""", "QMCU2007" },
        { """{ "dims": [1], "dataType": 8, "stringData": ["YQ=="] }""", "QMCU2012" },
        { """{ "dims": [1], "dataType": 0, "floatData": [1] }""", "QMCU2012" },
        { """{ "dims": [1], "dataType": 16, "rawData": "AAA=" }""", "QMCU2012" },
        { """{ "dims": [1], "dataType": 14, "floatData": [1, 1] }""", "QMCU2012" },
        { """{ "dims": [1], "dataType": -5 }""", "QMCU2012" },
        { """{ "dims": [1], "dataType": 1, "dataLocation": "EXTERNAL" }""", "QMCU2008" },
        { """{ "dims": [1], "dataType": 1, "externalData": [{ "key": "location", "value": "../../secret" }] }""", "QMCU2008" },
        { """{ "dims": [1000000000], "dataType": 1, "floatData": [1] }""", "QMCU2009" },
        { """{ "dims": ["9223372036854775807", "9223372036854775807"], "dataType": 1 }""", "QMCU2009" },
        { """{ "dims": [65536, 65536, 65536, 65536], "dataType": 1 }""", "QMCU2009" },
        { """{ "dims": [0, 65536, 65536], "dataType": 1 }""", "QMCU2009" },
        { """{ "dims": [1, 1, 1, 1, 1, 1, 1, 1, 1], "dataType": 1, "floatData": [1] }""", "QMCU2009" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_tensor_ends_in_one_diagnostic(string json, string id)
    {
        var proto = Google.Protobuf.JsonParser.Default.Parse<TensorProto>(json);

        Assert.Equal(id, Assert.Throws<ModelException>(() => TensorReader.Read(proto, "t")).Diagnostic.Id);
    }

    private static Tensor Read(Tensor tensor, bool raw) => TensorReader.Read(OnnxBuilder.ToProto(tensor, raw), "t");
}
