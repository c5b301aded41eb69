using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Elementwise functions of two or more tensors. Broadcasting is numpy's in every opset from 7 on.</summary>
internal static class BinaryImport
{
    public static void Import(OnnxNode node, BinaryKind kind)
    {
        var a = Number(node, 0);
        node.Return(new Binary(kind), a, node.Like(a, 1));
    }

    /// <summary>The exponent may have a type of its own (since opset 12); the result has the base's.</summary>
    public static void Pow(OnnxNode node)
    {
        var a = Number(node, 0);
        node.Return(new Binary(BinaryKind.Pow), a, node.Opset < 12 ? node.Like(a, 1) : Number(node, 1));
    }

    /// <summary>Sum, Min and Max of any number of tensors, as a chain.</summary>
    public static void Variadic(OnnxNode node, BinaryKind kind)
    {
        var result = Number(node, 0);
        if (node.InputCount == 1)
        {
            node.Return(new Identity(), result);
            return;
        }

        for (int i = 1; i < node.InputCount - 1; i++)
            result = node.Add("partial" + i, new Binary(kind), result, node.Like(result, i));

        node.Return(new Binary(kind), result, node.Like(result, node.InputCount - 1));
    }

    private static Value Number(OnnxNode node, int index)
    {
        var value = node.Input(index);
        return value.Type.Element != ElementType.Bool ? value : throw node.Invalid("input " + index + " is " + value.Type);
    }
}
