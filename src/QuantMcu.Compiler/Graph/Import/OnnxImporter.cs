using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>
/// ONNX to the typed graph. Opset differences, defaults, automatic padding, negative axes and shape arithmetic end here: the graph
/// has none of them. Models are untrusted, so that every size is checked before anything of that size exists.
/// </summary>
public static class OnnxImporter
{
    /// <summary>Reads a model of opset 7 to 22.</summary>
    /// <param name="model">Bytes of the ONNX file.</param>
    /// <param name="options">Shapes and inputs that the caller pins.</param>
    /// <param name="cancellation">Looked at before every node.</param>
    /// <returns>The graph: channels first, element types as in the model, nodes in the model's order (or sorted, where it had none).</returns>
    /// <exception cref="ModelException">The model is damaged, too large, or uses what is not supported: one diagnostic of QMCU2xxx.</exception>
    public static NetworkGraph Import(byte[] model, ImportOptions options, CancellationToken cancellation)
    {
        var onnx = OnnxReader.Read(model);
        var order = NodeOrder.Sort(onnx.Graph);
        var assembler = new GraphAssembler(onnx.Opset);
        foreach (var initializer in onnx.Graph.Initializer)
            assembler.Define(new Value(initializer.Name, TensorReader.Read(initializer, initializer.Name)));

        var inputs = DefineInputs(onnx.Graph, options, assembler);
        foreach (int index in order)
        {
            cancellation.ThrowIfCancellationRequested();
            OperatorTable.Import(new OnnxNode(onnx.Graph.Node[index], assembler));
        }

        return assembler.ToGraph(NameOf(onnx.Graph), inputs, Outputs(onnx.Graph, assembler));
    }

    /// <summary>The names and types of a model's inputs and outputs. Output shapes are inferred, not taken from the file on trust.</summary>
    /// <exception cref="ModelException">As <see cref="Import"/>.</exception>
    public static ModelInterface ReadInterface(byte[] model, ImportOptions options)
    {
        var graph = Import(model, options, CancellationToken.None);
        return new ModelInterface(graph.Name, Ports(graph.Inputs), Ports(graph.Outputs));
    }

    private static ImmutableArray<ModelPort> Ports(ImmutableArray<Value> values) =>
        values.Select(value => new ModelPort(value.Name, value.Type)).ToImmutableArray();

    private static string NameOf(GraphProto graph) => graph.Name.Length > 0 ? graph.Name : "network";

    private static ImmutableArray<Value> DefineInputs(GraphProto graph, ImportOptions options, GraphAssembler assembler)
    {
        var inputs = ImmutableArray.CreateBuilder<Value>();
        foreach (var (name, type) in InputTypes.Resolve(graph, options))
        {
            options.PinnedInputs.TryGetValue(name, out var pinned);
            if (pinned is not null && pinned.Element != type.Element)
                throw new ModelException(OnnxRules.InvalidTensor, name, "it is pinned to " + pinned.Type + ", but the model declares " + type);

            var value = pinned is null ? new Value(name, type) : new Value(name, pinned);
            assembler.Define(value);
            if (pinned is null)
                inputs.Add(value);
        }

        return inputs.ToImmutable();
    }

    // Shapes that the model declares are ignored, as exporters leave stale ones behind; the inferred ones are true.
    private static ImmutableArray<Value> Outputs(GraphProto graph, GraphAssembler assembler)
    {
        if (graph.Output.Count == 0)
            throw new ModelException(OnnxRules.InvalidGraph, "it has no outputs");

        var seen = new HashSet<string>();
        var outputs = ImmutableArray.CreateBuilder<Value>(graph.Output.Count);
        foreach (var output in graph.Output)
        {
            if (!seen.Add(output.Name))
                throw new ModelException(OnnxRules.InvalidGraph, "output '" + output.Name + "' is listed twice");

            var value = assembler.Find(output.Name)
                ?? throw new ModelException(OnnxRules.InvalidGraph, "output '" + output.Name + "' is not computed by any node");
            var declared = InputTypes.DeclaredElement(output);
            if (declared is not null && declared != value.Type.Element)
            {
                throw new ModelException(
                    OnnxRules.InvalidGraph, "output '" + output.Name + "' is declared as " + declared + " but is " + value.Type.Element);
            }

            outputs.Add(value);
        }

        return outputs.MoveToImmutable();
    }
}
