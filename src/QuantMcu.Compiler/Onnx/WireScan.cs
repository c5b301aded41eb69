using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Onnx;

/// <summary>
/// A look at the bytes of a model before they are parsed. In protobuf an empty message is two bytes in the file and a hundred in memory,
/// so a file within its limit could still exhaust memory; the scan counts what parsing would allocate, and allocates nothing.
/// </summary>
internal sealed class WireScan
{
    private enum Message
    {
        Other,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        ValueInfo,
        Type,
        TensorType,
        Shape,
    }

    // If and Loop nest graphs in attributes. They are refused later, by name; here they only must not nest without bound.
    private const int DeepestNesting = 60;

    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

    private readonly byte[] bytes;
    private int position;
    private int parts;

    private WireScan(byte[] bytes) => this.bytes = bytes;

    /// <exception cref="ModelException">Not protobuf, cut off, nested too deeply, or of more than <see cref="ModelLimits.Parts"/>.</exception>
    public static void Check(byte[] bytes) => new WireScan(bytes).Scan(Message.Model, bytes.Length, 0);

    private void Scan(Message message, int end, int depth)
    {
        if (depth > DeepestNesting)
            throw NotOnnx("it nests graphs too deeply");

        while (position < end)
        {
            long tag = ReadVarint(end);
            switch (tag & 7)
            {
                case Varint:
                    ReadVarint(end);
                    break;
                case Fixed64:
                    Skip(8, end);
                    break;
                case Fixed32:
                    Skip(4, end);
                    break;
                case LengthDelimited:
                    ScanField(message, tag >> 3, end, depth);
                    break;
                default:
                    throw NotOnnx("byte " + position + " is not a field of ONNX");
            }
        }
    }

    private void ScanField(Message message, long field, int end, int depth)
    {
        if (++parts > ModelLimits.Parts)
            throw new ModelException(OnnxRules.TooLarge, "The number of parts of the model (nodes, attributes, names)", ModelLimits.Parts);

        long length = ReadVarint(end);
        if (length < 0 || length > end - position)
            throw NotOnnx("it is cut off, or byte " + position + " is damaged");

        var inner = Inner(message, field);
        if (inner == Message.Other)
            position += (int)length;
        else
            Scan(inner, position + (int)length, depth + 1);
    }

    /// <summary>The message in a field, by the numbers in onnx.proto; Other for what holds no messages of interest.</summary>
    private static Message Inner(Message message, long field) => (message, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 11 or 12 or 13) => Message.ValueInfo,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5) => Message.Tensor,
        (Message.Attribute, 6) => Message.Graph,
        (Message.ValueInfo, 2) => Message.Type,
        (Message.Type, 1) => Message.TensorType,
        (Message.TensorType, 2) => Message.Shape,
        _ => Message.Other,
    };

    private void Skip(int count, int end)
    {
        if (end - position < count)
            throw NotOnnx("it is cut off, or byte " + position + " is damaged");

        position += count;
    }

    private long ReadVarint(int end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (position >= end)
                throw NotOnnx("it is cut off, or byte " + position + " is damaged");

            byte next = bytes[position++];
            if (shift < 64)
                value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return unchecked((long)value);
        }

        throw NotOnnx("byte " + position + " is not a field of ONNX");
    }

    private static ModelException NotOnnx(string why) => new(OnnxRules.NotOnnx, why);
}
