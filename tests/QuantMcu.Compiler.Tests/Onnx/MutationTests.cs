using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Testing;
using Xunit;
using Xunit.Abstractions;

namespace QuantMcu.Compiler.Tests.Onnx;

/// <summary>Valid models with random bytes changed: whatever they become, the import ends in a graph or in one diagnostic.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Mutants = 20_000;

    /// <summary>Elements of results, so that mutants stay quick; the sample model has more.</summary>
    private const long LargestExecuted = 20_000;

    private const long AllocatedPerMutant = 8L << 20;

    [Fact]
    public void Twenty_thousand_mutants_end_in_a_graph_or_a_diagnostic_in_bounded_time_and_memory()
    {
        byte[][] models = Models();
        var mutator = new ModelMutator(seed: 20_000);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        long mostAllocated = 0;
        var slowest = TimeSpan.Zero;
        var whole = Stopwatch.StartNew();
        for (int i = 0; i < Mutants; i++)
        {
            byte[] model = models[i / 2 % models.Length], other = models[i % models.Length];
            byte[] mutant = i % 2 == 0 ? mutator.MutateBytes(model, other) : mutator.MutateFields(model);
            var watch = Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread();

            string outcome = Import(mutant, i, out var graph);

            mostAllocated = Math.Max(mostAllocated, GC.GetAllocatedBytesForCurrentThread() - before);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            if (graph is not null)
                Execute(graph, i);

            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine(string.Join(", ", outcomes.Select(outcome => outcome.Key + " " + outcome.Value)));
        output.WriteLine("all " + whole.Elapsed + ", slowest " + slowest + ", most allocated " + mostAllocated + " bytes");
        Assert.True(outcomes.Count >= 10, "The mutants end in " + outcomes.Count + " ways only: too few to try the importer.");
        Assert.InRange(mostAllocated, 0, AllocatedPerMutant);
        Assert.InRange(slowest.TotalSeconds, 0, 5);
        Assert.InRange(whole.Elapsed.TotalSeconds, 0, 60);
    }

    private static string Import(byte[] mutant, int index, out NetworkGraph? graph)
    {
        graph = null;
        try
        {
            graph = OnnxImporter.Import(mutant, ImportOptions.Default, CancellationToken.None);
            return "graph";
        }
        catch (ModelException e)
        {
            return e.Diagnostic.Id;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("Mutant " + index + " escaped: " + e.Message, e);
        }
    }

    /// <summary>A graph that was let in must be one that can be executed, or refused by the reference for its values.</summary>
    private static void Execute(NetworkGraph graph, int index)
    {
        if (graph.Nodes.Sum(node => node.Outputs.Sum(output => (long)output.Shape.Elements)) > LargestExecuted)
            return;

        try
        {
            FloatInterpreter.Run(graph, graph.Inputs.Select(Zeros).ToArray(), CancellationToken.None);
        }
        catch (ModelException)
        {
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("Mutant " + index + " imports but does not run: " + e.Message, e);
        }
    }

    private static Tensor Zeros(Value input) => input.Type.Element switch
    {
        ElementType.Float64 => Tensor.Of(input.Shape, new double[input.Shape.Elements]),
        ElementType.Float32 or ElementType.Float16 => Tensor.Of(input.Shape, new float[input.Shape.Elements], input.Type.Element),
        _ => Tensor.Of(input.Shape, new long[input.Shape.Elements], input.Type.Element),
    };

    /// <summary>Small models, in which most bytes are structure, and one sample, in which most are weights.</summary>
    private static byte[][] Models()
    {
        byte[] sample = File.ReadAllBytes(Path.Combine(ModelsFolder.Repository, "samples", "KeywordSpotting", "models", "keyword.onnx"));
        byte[][] small = [Image(13), Image(9), Sequence(), Shapes(), Quantized(), Resampled()];
        return [.. small, .. small, .. small, sample];
    }

    private static byte[] Image(int opset) => new OnnxBuilder(opset).Input("x", -1, 3, 8, 8)
        .Random("w", 1, 4, 3, 3, 3).Random("b", 2, 4).Random("d", 3, 4, 1, 3, 3).Random("g", 4, 5, 4)
        .Constant("zero", [0f, 0f, 0f, 0f, 0f], 5).Constant("one", [1f, 1f, 1f, 1f], 4)
        .Node("Conv", ["x", "w", "b"], ["c"], ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
        .Node("BatchNormalization", ["c", "one", "b", "b", "one"], ["n"], ("epsilon", 1e-3f))
        .Node("Relu", ["n"], ["r"])
        .Node("Conv", ["r", "d"], ["e"], ("group", 4), ("auto_pad", "SAME_UPPER"), ("dilations", new[] { 2, 1 }))
        .Node("Add", ["e", "r"], ["s"])
        .Node("MaxPool", ["s"], ["p"], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }))
        .Node("GlobalAveragePool", ["p"], ["m"]).Node("Flatten", ["m"], ["f"])
        .Node("Gemm", ["f", "g", "zero"], ["l"], ("transB", 1)).Node("Softmax", ["l"], ["y"]).Output("y", ElementType.Float32, 1, 5).ToBytes();

    private static byte[] Sequence() => new OnnxBuilder(17).Input("x", 1, 6, 4).Random("w", 1, 4, 4)
        .Node("MatMul", ["x", "w"], ["m"]).Node("LeakyRelu", ["m"], ["a"], ("alpha", 0.1f)).Node("HardSwish", ["a"], ["h"])
        .Node("Split", ["h"], ["s0", "s1"], ("axis", 1)).Node("Concat", ["s1", "s0"], ["c"], ("axis", -1))
        .Node("Transpose", ["c"], ["t"], ("perm", new[] { 0, 2, 1 })).Node("ReduceMean", ["t"], ["r"], ("axes", new[] { 2 }), ("keepdims", 0))
        .Node("ArgMax", ["r"], ["y"], ("axis", 1)).Output("y", ElementType.Int64).ToBytes();

    private static byte[] Shapes() => new OnnxBuilder(13).Input("x", 1, 4, 6).Integers("two", 2).Integers("one", 1).Integers("axis", 0)
        .Integers("minus", -1).Integers("pads", 0, 0, 1, 0, 1, 2).Integers("expanded", 3, 1, 1)
        .Node("Shape", ["x"], ["shape"]).Node("Slice", ["shape", "one", "two", "axis"], ["part"])
        .Node("Mul", ["part", "two"], ["double"]).Node("Concat", ["double", "minus"], ["target"], ("axis", 0))
        .Node("Reshape", ["x", "target"], ["r"]).Node("Unsqueeze", ["r", "axis"], ["u"]).Node("Pad", ["u", "pads"], ["p"])
        .Node("Expand", ["p", "expanded"], ["e"]).Node("ReduceSum", ["e", "axis"], ["s"]).Node("Clip", ["s", "", "max"], ["y"])
        .Constant("max", [6f]).Output("y").ToBytes();

    private static byte[] Quantized() => new OnnxBuilder(13).Input("x", 1, 2, 4).Constant("s", [0.1f])
        .Constant("z", Tensor.Of(Shape.Scalar, [128L], ElementType.UInt8), raw: false)
        .Constant("w", Tensor.Of(new Shape(3, 2, 3), Enumerable.Range(-9, 18).Select(i => (long)i).ToArray(), ElementType.Int8))
        .Constant("ws", [0.1f, 0.2f, 0.3f], 3).Constant("wz", Tensor.Of(new Shape(3), [0L, 0, 0], ElementType.Int8))
        .Constant("b", Tensor.Of(new Shape(3), [5L, -6, 7], ElementType.Int32))
        .Node("QuantizeLinear", ["x", "s", "z"], ["q"])
        .Node("QLinearConv", ["q", "s", "z", "w", "ws", "wz", "s", "z", "b"], ["c"])
        .Node("DequantizeLinear", ["c", "s", "z"], ["y"]).Output("y").ToBytes();

    private static byte[] Resampled() => new OnnxBuilder(18).Input("x", 1, 1, 4, 4).Integers("sizes", 8, 6)
        .Constant("slope", Tensor.Of(new Shape(1), [0.25f], ElementType.Float16), raw: false)
        .Node("Resize", ["x", "", "", "sizes"], ["r"], ("axes", new[] { 2, 3 }), ("mode", "linear"), ("coordinate_transformation_mode", "asymmetric"))
        .Node("AveragePool", ["r"], ["p"], ("kernel_shape", new[] { 3, 3 }), ("ceil_mode", 1), ("strides", new[] { 2, 2 }))
        .Node("Cast", ["p"], ["half"], ("to", 10)).Node("PRelu", ["half", "slope"], ["y"]).Output("y", ElementType.Float16).ToBytes();
}
