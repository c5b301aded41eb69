using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Simplifies test models with every pass checked by the float reference.</summary>
internal static class Simplified
{
    public const double Tolerance = 1e-4;

    public static NetworkGraph Verified(OnnxBuilder model, InputPreprocessing? preprocessing = null) =>
        Verified(Source(model), preprocessing);

    public static NetworkGraph Verified(NetworkGraph source, InputPreprocessing? preprocessing = null) =>
        Simplifier.RunVerified(source, preprocessing, RandomInputs(source, seed: 1), Tolerance, CancellationToken.None);

    public static NetworkGraph Within(NetworkGraph source, double tolerance) =>
        Simplifier.RunVerified(source, null, RandomInputs(source, seed: 1), tolerance, CancellationToken.None);

    public static NetworkGraph Source(OnnxBuilder model) =>
        OnnxImporter.Import(model.ToBytes(), ImportOptions.Default, CancellationToken.None);

    public static NetworkGraph Model(string name) =>
        OnnxImporter.Import(File.ReadAllBytes(ModelsFolder.Model(name)), ImportOptions.Default, CancellationToken.None);

    /// <summary>Uniform in [-3, 3): wide enough for the clips of these networks to act.</summary>
    public static Tensor[] RandomInputs(NetworkGraph graph, int seed)
    {
        var random = new Random(seed);
        float Real() => (float)((random.NextDouble() * 6) - 3);
        return graph.Inputs
            .Select(input => input.Type.Element.IsFloat()
                ? Convert(Tensor.Of(input.Shape, Draw(input.Shape, Real)), input.Type.Element)
                : Tensor.Of(input.Shape, Draw(input.Shape, () => (long)random.Next(100)), input.Type.Element))
            .ToArray();
    }

    /// <summary>The operators in order, a Clamp behind a plus: "Conv+Relu Conv Reshape".</summary>
    public static string Operators(NetworkGraph graph) => string.Join(" ", graph.Nodes.Select(Describe));

    /// <summary>As <see cref="Operators"/>, counted and sorted: "9 Conv+Relu, 1 ReduceMean".</summary>
    public static string Counts(NetworkGraph graph) => string.Join(", ", graph.Nodes.Select(Describe)
        .GroupBy(name => name)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => group.Count() + " " + group.Key));

    public static InputPreprocessing Preprocessing(double[] mean, double[] std) =>
        new(mean.ToImmutableArray(), std.ToImmutableArray(), SampleType.UInt8);

    private static string Describe(Node node) => node.Operator switch
    {
        Conv { Clamp.IsNone: false } conv => "Conv+" + new Clip(conv.Clamp).Name,
        Binary { Clamp.IsNone: false } binary => binary.Name + "+" + new Clip(binary.Clamp).Name,
        _ => node.Operator.Name,
    };

    private static T[] Draw<T>(Shape shape, Func<T> next) => Enumerable.Range(0, shape.Elements).Select(_ => next()).ToArray();

    private static Tensor Convert(Tensor tensor, ElementType type) => type switch
    {
        ElementType.Float64 => Tensor.Of(tensor.Shape, tensor.ToDoubles()),
        ElementType.Float16 => Tensor.Of(tensor.Shape, Array.ConvertAll(tensor.Floats, x => (float)(Half)x), ElementType.Float16),
        _ => tensor,
    };
}
