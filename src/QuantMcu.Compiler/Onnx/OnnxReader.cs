using Google.Protobuf;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx.Proto;

namespace QuantMcu.Compiler.Onnx;

/// <summary>A parsed model whose outer parts hold what the format demands. Its graph is still as the file has it.</summary>
internal sealed record OnnxModel(GraphProto Graph, int Opset);

/// <summary>Bytes of an ONNX file to messages.</summary>
internal static class OnnxReader
{
    private const int OldestOpset = 7, NewestOpset = 22;

    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    /// <exception cref="ModelException">Not ONNX, too large, without graph, of an opset or with functions that are not supported.</exception>
    public static OnnxModel Read(byte[] bytes)
    {
        var model = Parse(bytes);
        if (model.Graph is null)
            throw new ModelException(OnnxRules.NotOnnx, "it has no graph");
        if (model.IrVersion <= 0)
            throw new ModelException(OnnxRules.NotOnnx, "its ir_version is " + model.IrVersion);
        if (model.Functions.Count > 0)
            throw new ModelException(OnnxRules.LocalFunctions, model.Functions[0].Name);
        if (model.Graph.Node.Count > ModelLimits.Nodes)
            throw new ModelException(OnnxRules.TooLarge, "The number of nodes, " + model.Graph.Node.Count + ",", ModelLimits.Nodes);

        return new OnnxModel(model.Graph, DefaultOpset(model));
    }

    public static bool IsDefaultDomain(string domain) => domain is "" or "ai.onnx";

    private static ModelProto Parse(byte[] bytes)
    {
        if (bytes.Length == 0)
            throw new ModelException(OnnxRules.NotOnnx, "it is empty");
        if (bytes.Length > ModelLimits.FileBytes)
            throw new ModelException(OnnxRules.TooLarge, "The file, of " + bytes.Length + " bytes,", ModelLimits.FileBytes + " bytes");

        WireScan.Check(bytes);
        try
        {
            return Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelException(OnnxRules.NotOnnx, e.Message.TrimEnd('.'));
        }
    }

    // Other domains may be imported, as exporters do by habit; a node that uses one is refused by name.
    private static int DefaultOpset(ModelProto model)
    {
        long? opset = null;
        foreach (var import in model.OpsetImport)
        {
            if (!IsDefaultDomain(import.Domain))
                continue;
            if (opset is not null && opset != import.Version)
                throw new ModelException(OnnxRules.InvalidGraph, "it imports both opset " + opset + " and opset " + import.Version);

            opset = import.Version;
        }

        if (opset is not (>= OldestOpset and <= NewestOpset))
            throw new ModelException(OnnxRules.UnsupportedOpset, opset ?? 1, "ai.onnx");

        return (int)opset;
    }
}
