using System;
using System.Collections.Generic;
using System.Linq;
using Operator = QuantMcu.Compiler.Graph.Operators.Reshape;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Reshape and its kin. The new shape is resolved here: 0 copies a dimension, -1 takes what is left.</summary>
internal static class ReshapeImport
{
    public static void Reshape(OnnxNode node)
    {
        var x = node.Input(0);
        long[] given = node.Integers(1, "shape");
        bool zeroIsZero = node.Opset >= 14 && node.Attributes.Flag("allowzero", false);
        node.Return(new Operator(Resolve(node, x.Shape, given, zeroIsZero)), x);
    }

    public static void Flatten(OnnxNode node)
    {
        var x = node.Input(0);
        int rank = x.Shape.Rank;
        int axis = node.Attributes.Int("axis", 1);
        if (axis > rank || axis < (node.Opset < 11 ? 0 : -rank))
            throw node.Invalid("axis " + axis + " is outside rank " + rank);

        node.Return(new Operator(Matrix(x.Shape, axis < 0 ? axis + rank : axis)), x);
    }

    public static void Squeeze(OnnxNode node)
    {
        var x = node.Input(0);
        long[]? given = Axes(node);
        var axes = given is null
            ? Enumerable.Range(0, x.Shape.Rank).Where(axis => x.Shape[axis] == 1).ToArray()
            : node.Axes(given, x.Shape.Rank).ToArray();
        if (axes.Any(axis => x.Shape[axis] != 1))
            throw node.Invalid("it removes an axis of " + x.Shape + " that is not 1");

        node.Return(new Operator(new Shape(x.Shape.Where((_, axis) => !axes.Contains(axis)))), x);
    }

    public static void Unsqueeze(OnnxNode node)
    {
        var x = node.Input(0);
        long[] given = Axes(node) ?? throw node.Invalid("axes are missing");
        if (given.Length > ModelLimits.Rank)
            throw node.Invalid("it inserts " + given.Length + " axes");

        var dimensions = x.Shape.Select(dimension => (long)dimension).ToList();
        foreach (int axis in node.Axes(given, x.Shape.Rank + given.Length))
            dimensions.Insert(axis, 1);

        node.Return(new Operator(node.Shape(dimensions)), x);
    }

    /// <summary>The two-dimensional form: axes before <paramref name="axis"/> make rows, the others columns.</summary>
    public static Shape Matrix(Shape shape, int axis)
    {
        int rows = shape.Take(axis).Aggregate(1, (product, dimension) => product * dimension);
        int columns = shape.Skip(axis).Aggregate(1, (product, dimension) => product * dimension);
        return new Shape(rows, columns);
    }

    private static long[]? Axes(OnnxNode node) => node.Opset < 13 ? node.Attributes.Integers("axes") : node.OptionalIntegers(1, "axes");

    private static Shape Resolve(OnnxNode node, Shape x, long[] given, bool zeroIsZero)
    {
        if (given.Length > ModelLimits.Rank)
            throw node.Invalid("its shape has " + given.Length + " dimensions");

        var dimensions = new List<long>(given.Length);
        int open = Array.IndexOf(given, -1L);
        for (int axis = 0; axis < given.Length; axis++)
        {
            bool copies = given[axis] == 0 && !zeroIsZero;
            if (copies && axis >= x.Rank || given[axis] == -1 && axis != open)
                throw node.Invalid("shape " + string.Join(",", given) + " does not fit " + x);

            dimensions.Add(copies ? x[axis] : axis == open ? 1 : given[axis]);
        }

        if (open >= 0)
        {
            int known = node.Shape(dimensions).Elements;
            if (known == 0 || x.Elements % known != 0)
                throw node.Invalid("shape " + string.Join(",", given) + " does not fit " + x);

            dimensions[open] = x.Elements / known;
        }

        return node.Shape(dimensions);
    }
}
