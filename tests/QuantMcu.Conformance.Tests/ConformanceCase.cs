using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;
using QuantMcu.Testing;

namespace QuantMcu.Conformance.Tests;

/// <summary>One of ONNX's backend tests: a model, and sets of inputs with the outputs that they must give.</summary>
/// <param name="Name">Suite and case, as in <c>node/test_abs</c>.</param>
internal sealed record ConformanceCase(string Name)
{
    private static readonly string[] Suites = ["node", "pytorch-operator", "simple"];

    /// <summary>The names of all cases, in ordinal order; none where the models folder is absent.</summary>
    public static ImmutableArray<string> Names { get; } = ModelsFolder.Exists
        ? Suites
            .SelectMany(suite => Directory.GetDirectories(Path.Combine(Root, suite)))
            .Select(folder => Path.GetRelativePath(Root, folder).Replace('\\', '/'))
            .OrderBy(name => name, StringComparer.Ordinal)
            .ToImmutableArray()
        : [];

    private static string Root => Path.Combine(ModelsFolder.Root, "conformance");

    private string Folder => Path.Combine(Root, Name);

    public byte[] ReadModel() => File.ReadAllBytes(Path.Combine(Folder, "model.onnx"));

    /// <summary>The operators of the model's nodes, without repetition.</summary>
    public string[] Operators() =>
        ModelProto.Parser.ParseFrom(ReadModel()).Graph.Node.Select(node => node.OpType).Distinct().ToArray();

    public ImmutableArray<string> DataSets() =>
        Directory.GetDirectories(Folder, "test_data_set_*").OrderBy(folder => folder, StringComparer.Ordinal).ToImmutableArray();

    /// <summary>The inputs of a data set by name: input_N.pb is the model's Nth graph input.</summary>
    public Dictionary<string, Tensor> ReadInputs(string dataSet)
    {
        var declared = ModelProto.Parser.ParseFrom(ReadModel()).Graph.Input;
        var tensors = ReadTensors(dataSet, "input");
        return Enumerable.Range(0, tensors.Count).ToDictionary(i => declared[i].Name, i => tensors[i]);
    }

    public List<Tensor> ReadOutputs(string dataSet) => ReadTensors(dataSet, "output");

    private static List<Tensor> ReadTensors(string dataSet, string kind)
    {
        var tensors = new List<Tensor>();
        for (int i = 0; File.Exists(PathOf(i)); i++)
            tensors.Add(TensorReader.Read(TensorProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(i))), kind + i));

        return tensors;

        string PathOf(int index) => Path.Combine(dataSet, kind + "_" + index + ".pb");
    }
}
