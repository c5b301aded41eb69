using System;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Nodes whose value is known without any input's values.</summary>
internal static class ConstantImport
{
    public static void Constant(OnnxNode node)
    {
        var value = node.Attributes.Tensor("value");
        if (value is null && node.Opset >= 12)
            value = ShortForm(node);

        node.Return(value ?? throw node.Unsupported("holds no dense tensor of numbers", "Constant with attribute 'value'"));
    }

    /// <summary>The dimensions from start to end, which opset 15 introduced, of the input's shape.</summary>
    public static void ShapeOf(OnnxNode node)
    {
        var shape = node.Input(0).Shape;
        int start = 0, end = shape.Rank;
        if (node.Opset >= 15)
        {
            start = Clamp(node.Attributes.Int("start", 0), shape.Rank);
            end = Clamp(node.Attributes.Int("end", shape.Rank), shape.Rank);
        }

        var part = shape.Skip(start).Take(Math.Max(0, end - start)).Select(dimension => (long)dimension).ToArray();
        node.Return(Tensor.Of(new Shape(part.Length), part));
    }

    public static void ConstantOfShape(OnnxNode node)
    {
        var shape = node.Shape(node.Integers(0, "input"));
        var value = node.Attributes.Tensor("value") ?? Tensor.Of(Shape.Scalar, new[] { 0f });
        if (value.Shape.Elements != 1)
            throw node.Invalid("attribute 'value' is " + value.Type + ", not one number");

        node.Return(new Expand(shape), new Value(node.Name + "/value", value.Reshape(Shape.Scalar)));
    }

    private static Tensor? ShortForm(OnnxNode node)
    {
        if (node.Attributes.Float("value_float") is { } number)
            return Tensor.Of(Shape.Scalar, new[] { number });
        if (node.Attributes.Integer("value_int") is { } integer)
            return Tensor.Of(Shape.Scalar, new[] { integer });
        if (node.Attributes.Floats("value_floats") is { } numbers)
            return Tensor.Of(node.Shape(new long[] { numbers.Length }), numbers);
        if (node.Attributes.Integers("value_ints") is { } integers)
            return Tensor.Of(node.Shape(new long[] { integers.Length }), integers);

        return null;
    }

    private static int Clamp(int index, int rank) => Math.Max(0, Math.Min(rank, index < 0 ? index + rank : index));
}
