using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Google.Protobuf;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx.Proto;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

/// <summary>Models broken by hand, one way each, and the one diagnostic that each must end in.</summary>
public sealed class MalformedModelTests
{
    private const long Megabyte = 1 << 20;

    private static readonly (string What, string Id, Func<byte[]> Bytes)[] Corpus =
    [
        ("empty file", "QMCU2001", () => []),
        ("text", "QMCU2001", () => System.Text.Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\n")),
        ("zeros", "QMCU2001", () => new byte[64]),
        ("all bits set", "QMCU2001", () => Enumerable.Repeat((byte)255, 64).ToArray()),
        ("cut off in the middle", "QMCU2001", () => { var b = Valid().ToBytes(); return b[..(b.Length / 2)]; }),
        ("cut off by a byte", "QMCU2001", () => Valid().ToBytes()[..^1]),
        ("a field of a gigabyte that is not there", "QMCU2001", () => [0x3A, 0x80, 0x80, 0x80, 0x80, 0x04]),
        ("a field of negative length", "QMCU2001", () => [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        ("a varint without end", "QMCU2001", () => [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        ("no graph", "QMCU2001", () => Change(m => m.Graph = null)),
        ("no ir_version", "QMCU2001", () => Change(m => m.IrVersion = 0)),
        ("graphs nested without bound", "QMCU2001", () => Nested(500)),
        ("no opset", "QMCU2002", () => Change(m => m.OpsetImport.Clear())),
        ("opset 6", "QMCU2002", () => Change(m => m.OpsetImport[0].Version = 6)),
        ("opset 23", "QMCU2002", () => Change(m => m.OpsetImport[0].Version = 23)),
        ("opset beyond all integers", "QMCU2002", () => Change(m => m.OpsetImport[0].Version = long.MaxValue)),
        ("two opsets", "QMCU2006", () => Change(m => m.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 9 }))),
        ("local functions", "QMCU2014", () => Change(m => m.Functions.Add(new FunctionProto { Name = "f" }))),
        ("an operator of another domain", "QMCU2003", () => Change(m => m.Graph.Node[0].Domain = "com.microsoft")),
        ("an operator that does not exist", "QMCU2003", () => Change(m => m.Graph.Node[0].OpType = "Frobnicate")),
        ("an operator without name", "QMCU2003", () => Change(m => m.Graph.Node[0].OpType = "")),
        ("control flow", "QMCU2003", () => Change(m => m.Graph.Node[0].OpType = "Loop")),
        ("no nodes", "QMCU2006", () => Change(m => m.Graph.Node.Clear())),
        ("no outputs", "QMCU2006", () => Change(m => m.Graph.Output.Clear())),
        ("an output that nothing computes", "QMCU2006", () => Change(m => m.Graph.Output[0].Name = "z")),
        ("an output listed twice", "QMCU2006", () => Change(m => m.Graph.Output.Add(m.Graph.Output[0].Clone()))),
        ("an output of another type", "QMCU2006", () => Change(m => m.Graph.Output[0].Type.TensorType.ElemType = 7)),
        ("an input that nothing defines", "QMCU2006", () => Change(m => m.Graph.Node[0].Input[0] = "z")),
        ("a node that feeds itself", "QMCU2006", () => Change(m => m.Graph.Node[0].Input[0] = "a")),
        ("a cycle of two nodes", "QMCU2006", () => Change(m => m.Graph.Node[0].Input[0] = "y")),
        ("two nodes that define the same value", "QMCU2006", () => Change(m => m.Graph.Node[1].Output[0] = "a")),
        ("a node that defines a value twice", "QMCU2006", () => Change(m => m.Graph.Node[0].Output.Add("a"))),
        ("a node that defines an input", "QMCU2006", () => Change(m => m.Graph.Node[0].Output[0] = "x")),
        ("a node that defines an initializer", "QMCU2006", () => Change(m => m.Graph.Node[1].Output[0] = "w")),
        ("two inputs of one name", "QMCU2006", () => Change(m => m.Graph.Input.Add(m.Graph.Input[0].Clone()))),
        ("two initializers of one name", "QMCU2006", () => Change(m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone()))),
        ("an input without name", "QMCU2006", () => Change(m => m.Graph.Input.Add(new ValueInfoProto()))),
        ("an initializer without name", "QMCU2006", () => Change(m => m.Graph.Initializer[0].Name = "")),
        ("a node without outputs", "QMCU2005", () => Change(m => m.Graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "x" } }))),
        ("a node without inputs", "QMCU2005", () => Change(m => m.Graph.Node[1].Input.Clear())),
        ("a node with too many inputs", "QMCU2005", () => Change(m => m.Graph.Node[1].Input.Add("x"))),
        ("an attribute given twice", "QMCU2005", () => Change(m => m.Graph.Node[0].Attribute.Add(m.Graph.Node[0].Attribute[0].Clone()))),
        ("an attribute of the wrong type", "QMCU2005", () => Change(m => m.Graph.Node[0].Attribute[0] = OnnxBuilder.ToProto("pads", 1))),
        ("an attribute of a function", "QMCU2005", () => Change(m => m.Graph.Node[0].Attribute[0].RefAttrName = "p")),
        ("an input of no type", "QMCU2012", () => Change(m => m.Graph.Input[0].Type = null)),
        ("an input of strings", "QMCU2012", () => Change(m => m.Graph.Input[0].Type.TensorType.ElemType = 8)),
        ("an input that is a sequence", "QMCU2012", () => Change(m => m.Graph.Input[0].Type.SequenceType = new TypeProto.Types.Opaque())),
        ("an input that is a map", "QMCU2012", () => Change(m => m.Graph.Input[0].Type.MapType = new TypeProto.Types.Opaque())),
        ("an input that is optional", "QMCU2012", () => Change(m => m.Graph.Input[0].Type.OptionalType = new TypeProto.Types.Opaque())),
        ("an input that is sparse", "QMCU2012", () => Change(m => m.Graph.Input[0].Type.SparseTensorType = new TypeProto.Types.Opaque())),
        ("an output that is a sequence", "QMCU2012", () => Change(m => m.Graph.Output[0].Type.SequenceType = new TypeProto.Types.Opaque())),
        ("sparse weights", "QMCU2012", () => Change(m => m.Graph.SparseInitializer.Add(new SparseTensorProto()))),
        ("an input with a negative dimension", "QMCU2007", () => Change(m => Dimension(m, 3).DimValue = -4)),
        ("an input of a billion columns", "QMCU2009", () => Change(m => Dimension(m, 3).DimValue = 1_000_000_000)),
        ("an input of more columns than an int counts", "QMCU2009", () => Change(m => Dimension(m, 3).DimValue = long.MaxValue)),
        ("an input of nine dimensions", "QMCU2009", () => Change(m => m.Graph.Input[0].Type.TensorType.Shape.Dim.Add(Enumerable.Repeat(Dimension(m, 0), 5)))),
        ("an input with a dynamic dimension", "QMCU2010", () => Change(m => Dimension(m, 2).DimParam = "height")),
        ("weights with missing bytes", "QMCU2007", () => Change(m => m.Graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3))),
        ("weights without data", "QMCU2007", () => Change(m => m.Graph.Initializer[0].RawData = ByteString.Empty)),
        ("weights of a billion by a billion", "QMCU2009", () => Change(m => { m.Graph.Initializer[0].Dims[0] = 1_000_000_000; m.Graph.Initializer[0].Dims[1] = 1_000_000_000; })),
        ("weights with a negative dimension", "QMCU2007", () => Change(m => m.Graph.Initializer[0].Dims[0] = -2)),
        ("weights in another file", "QMCU2008", () => Change(m => m.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External)),
        ("weights of an unknown type", "QMCU2012", () => Change(m => m.Graph.Initializer[0].DataType = 77)),
        ("weights of another type than the input", "QMCU2005", () => Change(m => { m.Graph.Initializer[0].DataType = 6; })),
        ("a reshape to a billion elements", "QMCU2009", () => Shaped("Reshape", 1_000_000_000)),
        ("a reshape to a negative dimension", "QMCU2007", () => Shaped("Reshape", -7)),
        ("an expansion to a billion elements", "QMCU2009", () => Shaped("Expand", 1_000_000_000, 1)),
        ("an expansion whose product overflows", "QMCU2009", () => Shaped("Expand", 1 << 16, 1 << 16, 1 << 16, 1 << 16)),
        ("padding by a billion elements", "QMCU2005", () => Shaped("Pad", 1_000_000_000, 0)),
        ("padding up to just what an int counts", "QMCU2009", () => Shaped("Pad", 1 << 26, 1 << 26)),
        ("an upscaling by a billion", "QMCU2005", () => Upscaled(1e9f)),
        ("broadcasting to a billion elements", "QMCU2009", () => Broadcast()),
        ("a chain that doubles until it is too large", "QMCU2009", () => Doubling(40)),
        ("more work than an inference may take", "QMCU2009", () => Exhausting()),
        ("more nodes than a graph may have", "QMCU2009", () => Chain(ModelLimits.Nodes + 1)),
        ("more parts than a model may have", "QMCU2009", () => EmptyNodes(ModelLimits.Parts)),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(model => model.What)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_malformed_model_ends_in_its_diagnostic_soon_and_in_little_memory(string what)
    {
        var (_, id, make) = Corpus.Single(model => model.What == what);
        byte[] bytes = make();
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Imported.Refusal(bytes);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(id, refusal.Id);
        Assert.True(allocated < (100L * bytes.Length) + Megabyte, "It allocated " + allocated + " bytes for a file of " + bytes.Length + ".");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "It took " + watch.Elapsed + ".");
        Assert.DoesNotContain(refusal.Message, character => char.IsControl(character));
    }

    [Fact]
    public void The_valid_model_that_the_corpus_breaks_is_valid() => Assert.Equal(2, Imported.Graph(Valid()).Nodes.Length);

    [Fact]
    public void A_chain_of_as_many_nodes_as_a_graph_may_have_is_valid() =>
        Assert.Equal(ModelLimits.Nodes, OnnxGraph(Chain(ModelLimits.Nodes)).Nodes.Length);

    private static NetworkGraph OnnxGraph(byte[] bytes) =>
        Compiler.Graph.Import.OnnxImporter.Import(bytes, Compiler.Graph.Import.ImportOptions.Default, default);

    private static OnnxBuilder Valid() => new OnnxBuilder(13).Input("x", 1, 2, 4, 4).Random("w", 1, 2, 2, 3, 3)
        .Node("Conv", ["x", "w"], ["a"], ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", ["a"], ["y"]).Output("y");

    private static byte[] Change(Action<ModelProto> change)
    {
        var model = Valid();
        change(model.Model);
        return model.ToBytes();
    }

    private static TensorShapeProto.Types.Dimension Dimension(ModelProto model, int axis) => model.Graph.Input[0].Type.TensorType.Shape.Dim[axis];

    private static byte[] Shaped(string @operator, params long[] operand) => new OnnxBuilder(13).Input("x", 1).Integers("s", operand)
        .Node(@operator, ["x", "s"], ["y"]).Output("y").ToBytes();

    private static byte[] Upscaled(float scale) => new OnnxBuilder(13).Input("x", 1).Constant("s", [scale], 1)
        .Node("Resize", ["x", "", "s"], ["y"]).Output("y").ToBytes();

    private static byte[] Broadcast() => new OnnxBuilder(13).Input("a", 1 << 16, 1).Input("b", 1, 1 << 16)
        .Node("Add", ["a", "b"], ["y"]).Output("y").ToBytes();

    private static byte[] Doubling(int times)
    {
        var model = new OnnxBuilder(13).Input("v0", 1);
        for (int i = 0; i < times; i++)
            model.Node("Concat", ["v" + i, "v" + i], ["v" + (i + 1)], ("axis", 0));

        return model.Output("v" + times).ToBytes();
    }

    private static byte[] Exhausting()
    {
        var model = new OnnxBuilder(13).Input("v0", 4096, 4096);
        for (int i = 0; i < 2; i++)
            model.Node("MatMul", ["v" + i, "v0"], ["v" + (i + 1)]);

        return model.Output("v2").ToBytes();
    }

    private static byte[] Chain(int length)
    {
        var model = new OnnxBuilder(13).Input("v0", 1);
        for (int i = 0; i < length; i++)
            model.Node("Abs", ["v" + i], ["v" + (i + 1)]);

        return model.Output("v" + length).ToBytes();
    }

    // Two bytes each in the file: a node tag and a length of 0.
    private static byte[] EmptyNodes(int count)
    {
        byte[] nodes = Enumerable.Repeat(new byte[] { 0x0A, 0x00 }, count).SelectMany(node => node).ToArray();
        using var stream = new System.IO.MemoryStream();
        using var output = new CodedOutputStream(stream);
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(nodes));
        output.Flush();
        return stream.ToArray();
    }

    private static byte[] Nested(int depth)
    {
        var graph = new GraphProto();
        for (int i = 0; i < depth; i++)
        {
            var attribute = new AttributeProto { Name = "body", G = graph };
            graph = new GraphProto { Node = { new NodeProto { OpType = "Loop", Attribute = { attribute } } } };
        }

        return new ModelProto { IrVersion = 8, Graph = graph }.ToByteArray();
    }
}
