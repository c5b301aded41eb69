using System;
using System.Collections.Generic;
using System.Linq;
using Google.Protobuf;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Onnx.Proto;
using AttributeType = QuantMcu.Compiler.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace QuantMcu.Compiler.Tests.Onnx;

/// <summary>Changes a model at random: its bytes, which mostly breaks the encoding, or its fields, which reaches the importers behind.</summary>
internal sealed class ModelMutator(int seed)
{
    private static readonly long[] Numbers =
    [
        0, 1, 2, 3, 7, 127, 4096, 32767, 65536, int.MaxValue, 1L + int.MaxValue, long.MaxValue, -1, -2, -128, int.MinValue, long.MinValue,
    ];

    private static readonly string[] Operators = [.. OperatorTable.Names.OrderBy(name => name, StringComparer.Ordinal)];

    private readonly Random random = new(seed);

    /// <summary>Flips, overwrites, removes and inserts bytes, cuts off the rest, and splices in parts of another model.</summary>
    public byte[] MutateBytes(byte[] model, byte[] other)
    {
        var bytes = new List<byte>(model);
        int changes = 1 + random.Next(4);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.InsertRange(at, RandomBytes());
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(1 + random.Next(16), bytes.Count - at));
                    break;
                case 3:
                    Splice(bytes, at, other);
                    break;
                case 4:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Changes operators, wiring, attributes, shapes and constants; the encoding stays valid.</summary>
    public byte[] MutateFields(byte[] model)
    {
        var proto = ModelProto.Parser.ParseFrom(model);
        int changes = 1 + random.Next(3);
        for (int i = 0; i < changes; i++)
            MutateField(proto);

        return proto.ToByteArray();
    }

    private void MutateField(ModelProto model)
    {
        var graph = model.Graph;
        var node = Any(graph.Node);
        switch (random.Next(9))
        {
            case 0:
                node.OpType = Any(Operators);
                break;
            case 1:
                Rewire(graph, node);
                break;
            case 2 or 3:
                MutateAttribute(node);
                break;
            case 4 when graph.Initializer.Count > 0:
                MutateTensor(Any(graph.Initializer));
                break;
            case 5:
                var shape = Any(graph.Input).Type.TensorType.Shape;
                Any(shape.Dim).DimValue = Any(Numbers);
                break;
            case 6:
                Any(graph.Input).Type.TensorType.ElemType = random.Next(24);
                break;
            case 7:
                model.OpsetImport[0].Version = 6 + random.Next(18);
                break;
            default:
                graph.Node.Insert(random.Next(graph.Node.Count), node.Clone());
                break;
        }
    }

    private void Rewire(GraphProto graph, NodeProto node)
    {
        var names = graph.Node.SelectMany(other => other.Output).Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Input.Select(input => input.Name)).Append("").ToList();
        if (node.Input.Count == 0 || random.Next(4) == 0)
            node.Input.Add(Any(names));
        else
            node.Input[random.Next(node.Input.Count)] = Any(names);
    }

    private void MutateAttribute(NodeProto node)
    {
        if (node.Attribute.Count == 0)
        {
            node.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeType.Int, I = Any(Numbers) });
            return;
        }

        var attribute = Any(node.Attribute);
        attribute.I = Any(Numbers);
        attribute.F = Any(new[] { 0f, -1f, float.NaN, float.PositiveInfinity, float.MaxValue });
        if (attribute.Ints.Count > 0)
            attribute.Ints[random.Next(attribute.Ints.Count)] = Any(Numbers);
        if (random.Next(4) == 0)
            attribute.Ints.Add(Any(Numbers));
        if (random.Next(8) == 0)
            attribute.Type = (AttributeType)random.Next(15);
    }

    private void MutateTensor(TensorProto tensor)
    {
        switch (random.Next(4))
        {
            case 0 when tensor.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = Any(Numbers);
                break;
            case 1:
                tensor.DataType = random.Next(24);
                break;
            default:
                byte[] data = tensor.RawData.ToByteArray();
                byte[] number = BitConverter.GetBytes(Any(Numbers));
                if (data.Length > 0)
                    Array.Copy(number, 0, data, Math.Max(0, data.Length - 8), Math.Min(8, data.Length));

                tensor.RawData = ByteString.CopyFrom(data);
                break;
        }
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[1 + random.Next(12)];
        random.NextBytes(bytes);
        return bytes;
    }

    private void Splice(List<byte> bytes, int at, byte[] other)
    {
        int from = random.Next(other.Length);
        int length = Math.Min(1 + random.Next(64), other.Length - from);
        bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
        bytes.InsertRange(at, other.Skip(from).Take(length));
    }

    private T Any<T>(IList<T> list) => list[random.Next(list.Count)];
}
