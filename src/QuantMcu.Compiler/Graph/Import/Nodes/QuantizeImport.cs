using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Onnx;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>QuantizeLinear and DequantizeLinear: per tensor since opset 10, per axis since 13, in blocks since 21; and the dynamic form.</summary>
internal static class QuantizeImport
{
    private const string Types = "codes of 8 or 16 bits, or of 32 to dequantize";

    public static void Quantize(OnnxNode node)
    {
        var x = node.Float(0);
        var scale = node.Float(1);
        var zero = node.Optional(2);
        if (node.Opset >= 19)
            node.Attributes.Ignore("saturate");

        int given = node.Opset < 21 ? 0 : node.Attributes.Int("output_dtype", 0);
        var to = given == 0
            ? zero?.Type.Element ?? ElementType.UInt8
            : OnnxElementTypes.TryRead(given) ?? throw node.Unsupported("quantizes to " + OnnxElementTypes.NameOf(given), Types);
        if (zero is not null && zero.Type.Element != to)
            throw node.Invalid("its zero point is " + zero.Type + ", but it quantizes to " + to);
        if (to is ElementType.Int32 || !IsCode(to))
            throw node.Unsupported("quantizes to " + to, Types);

        Codes.CheckScale(node, scale, divides: true);
        var (axis, block) = Granularity(node, x.Shape, scale.Shape, zero?.Shape);
        node.Return(new Quantize(axis, block, to), x, scale, zero);
    }

    public static void Dequantize(OnnxNode node)
    {
        var x = node.Input(0);
        var scale = node.Float(1);
        var zero = node.OptionalLike(x, 2);
        if (!IsCode(x.Type.Element))
            throw node.Unsupported("dequantizes " + x.Type.Element, Types);

        Codes.CheckScale(node, scale, divides: false);
        var (axis, block) = Granularity(node, x.Shape, scale.Shape, zero?.Shape);
        node.Return(new Dequantize(axis, block), x, scale, zero);
    }

    public static void Dynamic(OnnxNode node)
    {
        var x = node.Float(0);
        if (x.Shape.Elements == 0)
            throw node.Invalid("input 0 is empty");

        node.Return(new DynamicQuantize(), x);
    }

    private static bool IsCode(ElementType element) =>
        element is ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32;

    private static (int Axis, int BlockSize) Granularity(OnnxNode node, Shape x, Shape scale, Shape? zero)
    {
        if (zero is not null && zero.Elements != scale.Elements)
            throw node.Invalid("scale " + scale + " and zero point " + zero + " differ");

        int given = node.Opset < 13 ? 1 : node.Attributes.Int("axis", 1);
        int block = node.Opset < 21 ? 0 : node.Attributes.Int("block_size", 0);
        if (block < 0)
            throw node.Invalid("block_size is " + block);
        if (block == 0 && scale.Elements == 1)
            return (0, 0);
        if (node.Opset < 13)
            throw node.Invalid("scale " + scale + " is not one number, which opset 13 introduced");

        int axis = node.Axis(given, x.Rank);
        if (block == 0 && (scale.Rank != 1 || scale[0] != x[axis]))
            throw node.Invalid("scale " + scale + " does not fit axis " + axis + " of " + x);
        if (block > 0 && !scale.SequenceEqual(x.Select((size, i) => i == axis ? (int)(((long)size + block - 1) / block) : size)))
            throw node.Invalid("scale " + scale + " does not fit blocks of " + block + " along axis " + axis + " of " + x);

        return (axis, block);
    }
}
