using System;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class GatherImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        var indices = node.Input(1);
        if (indices.Type.Element is not (ElementType.Int32 or ElementType.Int64))
            throw node.Invalid("indices are " + indices.Type);

        int axis = node.Axis(node.Attributes.Int("axis", 0), x.Shape.Rank);
        long size = x.Shape[axis];
        if (indices.Constant is { } constant && constant.Integers.Any(index => index < -size || index >= size))
            throw node.Invalid("an index is outside the " + size + " elements of axis " + axis);

        node.Return(new Gather(axis), x, indices);
    }
}
