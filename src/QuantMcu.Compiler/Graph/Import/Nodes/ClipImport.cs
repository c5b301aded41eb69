using System;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Clip, whose bounds were attributes until opset 10 and are inputs since, and Relu, a Clip to [0, infinity).</summary>
internal static class ClipImport
{
    public static void Relu(OnnxNode node)
    {
        var x = node.Input(0);
        if (x.Type.Element.IsUnsigned())
            throw node.Invalid("input 0 is " + x.Type);

        node.Return(new Clip(Clamp.Relu), x);
    }

    public static void Clip(OnnxNode node)
    {
        if (node.Opset < 11)
        {
            var clamp = new Clamp(node.Attributes.Float("min", float.NegativeInfinity), node.Attributes.Float("max", float.PositiveInfinity));
            node.Return(new Clip(Ordered(clamp)), node.Float(0));
            return;
        }

        var x = node.Input(0);
        var min = node.OptionalLike(x, 1);
        var max = node.OptionalLike(x, 2);
        CheckBound(node, min);
        CheckBound(node, max);
        if (IsClampable(x, min, max))
            node.Return(new Clip(Ordered(new Clamp(Bound(min, float.NegativeInfinity), Bound(max, float.PositiveInfinity)))), x);
        else
            ClipByComparing(node, x, min, max);
    }

    // A float bound holds neither every Int64 nor every double, and computed bounds have no value yet.
    private static bool IsClampable(Value x, Value? min, Value? max) =>
        x.Type.Element is ElementType.Float32 or ElementType.Float16 && min is not { Constant: null } && max is not { Constant: null };

    private static void ClipByComparing(OnnxNode node, Value x, Value? min, Value? max)
    {
        var bounded = min is null ? x : max is null ? null : node.Add("min", new Binary(BinaryKind.Max), x, min);
        if (bounded is null)
            node.Return(new Binary(BinaryKind.Max), x, min);
        else if (max is null)
            node.Return(new Identity(), bounded);
        else
            node.Return(new Binary(BinaryKind.Min), bounded, max);
    }

    private static void CheckBound(OnnxNode node, Value? bound)
    {
        if (bound is not null && (bound.Shape.Elements != 1 || bound.Shape.Rank > 1))
            throw node.Invalid("a bound is " + bound.Type + ", not one number");
    }

    private static float Bound(Value? bound, float absent) => bound is null ? absent : (float)bound.Constant!.At(0);

    // ONNX clips to max last: where the bounds cross, every result is max.
    private static Clamp Ordered(Clamp clamp) => new(Math.Min(clamp.Min, clamp.Max), clamp.Max);
}
