using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

/// <summary>Imports built models and executes them by the float reference.</summary>
internal static class Imported
{
    public const int OldestOpset = 7, NewestOpset = 22;

    public static IEnumerable<int> Opsets(int from = OldestOpset, int to = NewestOpset) => Enumerable.Range(from, to - from + 1);

    public static NetworkGraph Graph(OnnxBuilder model) => OnnxImporter.Import(model.ToBytes(), ImportOptions.Default, CancellationToken.None);

    public static Tensor[] Run(OnnxBuilder model, params Tensor[] inputs) => FloatInterpreter.Run(Graph(model), inputs, CancellationToken.None);

    /// <summary>A model of one node with the float input "x", executed on the given values.</summary>
    public static Tensor Node(
        int opset, string @operator, Tensor x, (string Name, object Value)[] attributes, params (string Name, Tensor Value)[] constants)
    {
        var model = new OnnxBuilder(opset).Input("x", x.Element, x.Shape.ToArray()).Output("y", OutputElement(@operator, x));
        foreach (var (name, value) in constants)
        {
            if (name.Length > 0)
                model.Constant(name, value);
        }

        string[] inputs = ["x", .. constants.Select(constant => constant.Name)];
        model.Node(@operator, inputs, ["y"], attributes);
        return Run(model, x)[0];
    }

    public static Tensor Node(int opset, string @operator, Tensor x, params (string Name, object Value)[] attributes) =>
        Node(opset, @operator, x, attributes, []);

    public static Tensor Floats(params float[] values) => Tensor.Of(new Shape(values.Length), values);

    public static Tensor Integers(params long[] values) => Tensor.Of(new Shape(values.Length), values);

    /// <summary>0, 1, 2, ... in a shape.</summary>
    public static Tensor Range(params int[] shape)
    {
        var of = new Shape(shape);
        return Tensor.Of(of, Enumerable.Range(0, of.Elements).Select(i => (float)i).ToArray());
    }

    /// <summary>The values, compared to five digits, and the shape as printed.</summary>
    public static void AssertIs(Tensor actual, string shape, params double[] values)
    {
        Assert.Equal(shape, actual.Shape.ToString());
        Assert.Equal(values, actual.ToDoubles().Select(value => Math.Round(value, 5)));
    }

    /// <summary>The one diagnostic that the import ends with.</summary>
    public static Diagnostic Refusal(byte[] model, ImportOptions? options = null) =>
        Assert.Throws<ModelException>(() => OnnxImporter.Import(model, options ?? ImportOptions.Default, CancellationToken.None)).Diagnostic;

    public static Diagnostic Refusal(OnnxBuilder model) => Refusal(model.ToBytes());

    private static ElementType OutputElement(string @operator, Tensor x) => @operator is "ArgMax" or "Shape" ? ElementType.Int64 : x.Element;
}
