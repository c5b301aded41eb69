using System;
using System.Buffers.Binary;
using System.Linq;
using Google.Protobuf;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx.Proto;
using AttributeType = QuantMcu.Compiler.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace QuantMcu.Testing;

/// <summary>
/// Writes small ONNX models for tests. <code>
/// byte[] model = new OnnxBuilder(opset: 13)
///     .Input("x", 1, 3, 8, 8)
///     .Random("w", seed: 1, 4, 3, 3, 3)
///     .Node("Conv", ["x", "w"], ["y"], ("pads", new[] { 1, 1, 1, 1 }))
///     .Output("y")
///     .ToBytes();
/// </code>
/// </summary>
public sealed class OnnxBuilder
{
    public OnnxBuilder(int opset = 13)
    {
        Model = new ModelProto { IrVersion = 8, ProducerName = "QuantMcu tests", Graph = new GraphProto { Name = "test" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    /// <summary>The message that is written, for tests that break it in ways that the builder does not offer.</summary>
    internal ModelProto Model { get; }

    /// <summary>A float graph input. A dimension of -1 is symbolic, named "N".</summary>
    public OnnxBuilder Input(string name, params int[] shape) => Input(name, ElementType.Float32, shape);

    /// <inheritdoc cref="Input(string, int[])"/>
    public OnnxBuilder Input(string name, ElementType type, params int[] shape)
    {
        Model.Graph.Input.Add(ValueInfo(name, type, shape));
        return this;
    }

    /// <summary>A graph output without a declared shape.</summary>
    public OnnxBuilder Output(string name, ElementType type = ElementType.Float32)
    {
        Model.Graph.Output.Add(ValueInfo(name, type, null));
        return this;
    }

    public OnnxBuilder Output(string name, ElementType type, params int[] shape)
    {
        Model.Graph.Output.Add(ValueInfo(name, type, shape));
        return this;
    }

    /// <summary>An initializer.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="tensor">Its type and values.</param>
    /// <param name="raw">Values go to raw_data, or else to the field of their type.</param>
    public OnnxBuilder Constant(string name, Tensor tensor, bool raw = true)
    {
        var proto = ToProto(tensor, raw);
        proto.Name = name;
        Model.Graph.Initializer.Add(proto);
        return this;
    }

    /// <summary>A float initializer.</summary>
    public OnnxBuilder Constant(string name, float[] values, params int[] shape) => Constant(name, Tensor.Of(new Shape(shape), values));

    /// <summary>An Int64 vector, as shapes, axes and pads are given.</summary>
    public OnnxBuilder Integers(string name, params long[] values) => Constant(name, Tensor.Of(new Shape(values.Length), values));

    /// <summary>A float initializer of uniform values in [-1, 1), the same for the same seed.</summary>
    public OnnxBuilder Random(string name, int seed, params int[] shape)
    {
        var random = new Random(seed);
        var values = new float[new Shape(shape).Elements];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((random.NextDouble() * 2) - 1);

        return Constant(name, values, shape);
    }

    /// <summary>A node, named after its first output.</summary>
    /// <param name="operator">ONNX operator of the default domain.</param>
    /// <param name="inputs">Names; "" for an absent one.</param>
    /// <param name="outputs">Names; "" for an absent one.</param>
    /// <param name="attributes">
    /// int or long, float, string, int[] or long[], float[], string[], <see cref="Tensor"/>; the value decides the attribute's type.
    /// </param>
    public OnnxBuilder Node(string @operator, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = @operator, Name = outputs[0] };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(attribute => ToProto(attribute.Name, attribute.Value)));
        Model.Graph.Node.Add(node);
        return this;
    }

    public byte[] ToBytes() => Model.ToByteArray();

    internal static AttributeProto ToProto(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case int or long or bool:
                proto.Type = AttributeType.Int;
                proto.I = Convert.ToInt64(value);
                break;
            case float number:
                proto.Type = AttributeType.Float;
                proto.F = number;
                break;
            case string text:
                proto.Type = AttributeType.String;
                proto.S = ByteString.CopyFromUtf8(text);
                break;
            case int[] integers:
                proto.Type = AttributeType.Ints;
                proto.Ints.AddRange(integers.Select(i => (long)i));
                break;
            case long[] integers:
                proto.Type = AttributeType.Ints;
                proto.Ints.AddRange(integers);
                break;
            case float[] numbers:
                proto.Type = AttributeType.Floats;
                proto.Floats.AddRange(numbers);
                break;
            case string[] texts:
                proto.Type = AttributeType.Strings;
                proto.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            case Tensor tensor:
                proto.Type = AttributeType.Tensor;
                proto.T = ToProto(tensor, raw: true);
                break;
            default:
                throw new ArgumentException("An attribute cannot be a " + value.GetType().Name + ".");
        }

        return proto;
    }

    internal static TensorProto ToProto(Tensor tensor, bool raw)
    {
        var proto = new TensorProto { DataType = DataType(tensor.Element) };
        proto.Dims.AddRange(tensor.Shape.Select(dimension => (long)dimension));
        if (raw)
            proto.RawData = ByteString.CopyFrom(Enumerable.Range(0, tensor.Shape.Elements).SelectMany(i => RawBytes(tensor, i)).ToArray());
        else
            AddTyped(proto, tensor);

        return proto;
    }

    /// <summary>TensorProto.DataType's number.</summary>
    internal static int DataType(ElementType type) => type switch
    {
        ElementType.Float32 => 1,
        ElementType.UInt8 => 2,
        ElementType.Int8 => 3,
        ElementType.UInt16 => 4,
        ElementType.Int16 => 5,
        ElementType.Int32 => 6,
        ElementType.Int64 => 7,
        ElementType.Bool => 9,
        ElementType.Float16 => 10,
        ElementType.Float64 => 11,
        ElementType.UInt32 => 12,
        ElementType.UInt64 => 13,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static byte[] RawBytes(Tensor tensor, int index)
    {
        var bytes = new byte[8];
        switch (tensor.Element)
        {
            case ElementType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, tensor.Floats[index]);
                return bytes[..4];
            case ElementType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)tensor.Floats[index]);
                return bytes[..2];
            case ElementType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, tensor.Doubles[index]);
                return bytes;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, tensor.Integers[index]);
                return bytes[..Math.Max(1, tensor.Element.IntegerBits() / 8)];
        }
    }

    private static void AddTyped(TensorProto proto, Tensor tensor)
    {
        switch (tensor.Element)
        {
            case ElementType.Float32:
                proto.FloatData.AddRange(tensor.Floats);
                break;
            case ElementType.Float16:
                proto.Int32Data.AddRange(tensor.Floats.Select(value => (int)BitConverter.HalfToUInt16Bits((Half)value)));
                break;
            case ElementType.Float64:
                proto.DoubleData.AddRange(tensor.Doubles);
                break;
            case ElementType.Int64:
                proto.Int64Data.AddRange(tensor.Integers);
                break;
            case ElementType.UInt32 or ElementType.UInt64:
                proto.Uint64Data.AddRange(tensor.Integers.Select(value => (ulong)value));
                break;
            default:
                proto.Int32Data.AddRange(tensor.Integers.Select(value => (int)value));
                break;
        }
    }

    private static ValueInfoProto ValueInfo(string name, ElementType type, int[]? shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = DataType(type) };
        if (shape is not null)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (int dimension in shape)
            {
                tensor.Shape.Dim.Add(dimension < 0
                    ? new TensorShapeProto.Types.Dimension { DimParam = "N" }
                    : new TensorShapeProto.Types.Dimension { DimValue = dimension });
            }
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
