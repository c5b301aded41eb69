using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;

namespace QuantMcu.Compiler.Tests.Reports;

/// <summary>A small network with a skip connection, whose names are given.</summary>
internal static class ReportModel
{
    public static CompileRequest Request(string name) => new(name, Bytes(name), null, CompileOptions.Default);

    public static CompiledModel Compile(string name) => ModelCompiler.Compile(Request(name), null, CancellationToken.None).Model!;

    /// <summary>The same, with everything up to the addition computed patch by patch.</summary>
    public static CompiledModel Patched(CompiledModel model, PatchGrid grid, Halo halo)
    {
        var stage = SplitPoint.All(model.Network).First(split => model.Network.Layers[split.Layers.Last()].Operator == "Add");
        return model with { Network = NetworkSplitter.Split(stage, grid, halo) };
    }

    private static byte[] Bytes(string name) => new OnnxBuilder()
        .Input("image", 1, 3, 12, 12)
        .Random("w1", 1, 4, 3, 3, 3)
        .Random("b1", 2, 4)
        .Node("Conv", ["image", "w1", "b1"], ["first"], ("pads", new[] { 1, 1, 1, 1 }))
        .Node("Relu", ["first"], ["active"])
        .Random("w2", 3, 4, 4, 3, 3)
        .Random("b2", 4, 4)
        .Node("Conv", ["active", "w2", "b2"], ["second"], ("pads", new[] { 1, 1, 1, 1 }))
        .Node("Add", ["active", "second"], [name])
        .Node("GlobalAveragePool", [name], ["pooled"])
        .Node("Flatten", ["pooled"], ["flat"])
        .Random("w3", 5, 5, 4)
        .Random("b3", 6, 5)
        .Node("Gemm", ["flat", "w3", "b3"], ["logits"], ("transB", 1))
        .Output("logits")
        .ToBytes();
}
