using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Dropout at inference: the identity, and a mask that keeps everything. The ratio is an attribute until opset 11, an input since.</summary>
internal static class DropoutImport
{
    private const float DefaultRatio = 0.5f;

    public static void Import(OnnxNode node)
    {
        var x = node.Float(0);
        if (node.Opset < 12)
            node.Attributes.Ignore("ratio");
        else
            CheckInference(node);

        node.Return(new Identity(), x);
        if (node.HasOutput(1))
            ReturnMask(node, x);
    }

    private static void CheckInference(OnnxNode node)
    {
        node.Attributes.Ignore("seed");
        node.Optional(1);
        bool training = node.OptionalScalar(2, "training_mode") is { } mode && mode.At(0) != 0;
        if (training && (node.OptionalScalar(1, "ratio")?.At(0) ?? DefaultRatio) != 0)
            throw node.Unsupported("is in training mode", "Dropout of a model exported for inference");
    }

    private static void ReturnMask(OnnxNode node, Value x)
    {
        // The mask had the input's type before it became Bool.
        var one = node.Opset < 10
            ? node.Number(1, x.Type.Element)
            : new Value(node.Name + "/true", Tensor.Of(Shape.Scalar, new[] { 1L }, ElementType.Bool));
        node.Bind(1, node.Add("mask", new Expand(x.Shape), one));
    }
}
