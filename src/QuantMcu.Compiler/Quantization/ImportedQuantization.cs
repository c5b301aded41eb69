using System;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization;

/// <summary>Quantizers that a model came with, in its QuantizeLinear and DequantizeLinear nodes.</summary>
internal static class ImportedQuantization
{
    /// <summary>
    /// The quantizer of an activation, its codes made unsigned: an int8 code becomes the code plus 128. Null where the node keeps 16 bits or
    /// more, which is as good as float here.
    /// </summary>
    /// <exception cref="ModelException">Scale or zero point are not constants, or there is more than one of them.</exception>
    public static Quantizer? OfActivation(Node node)
    {
        var codes = node.Operator is Quantize ? node.Output : node.Inputs[0]!;
        if (codes.Type.Element is not (ElementType.Int8 or ElementType.UInt8))
            return null;

        double scale = Scalar(node, 1) ?? throw Unsupported(node, "it has no scale");
        double zeroPoint = Scalar(node, 2) ?? 0;
        if (!(scale > 0) || double.IsInfinity(scale))
            throw Unsupported(node, "its scale is " + scale);

        return new Quantizer(scale, (int)zeroPoint + (IsSigned(codes) ? 128 : 0));
    }

    public static bool IsSigned(Value codes) => codes.Type.Element == ElementType.Int8;

    /// <summary>A Dequantize of constant codes: weights or a bias, not an activation.</summary>
    public static bool IsConstant(Node node) => node.Operator is Dequantize && node.Inputs[0]!.Constant is not null;

    private static double? Scalar(Node node, int input)
    {
        if (input >= node.Inputs.Length || node.Inputs[input] is not { } value)
            return null;

        var tensor = value.Constant ?? throw Unsupported(node, "its parameter '" + value.Name + "' is not a constant");
        for (int i = 1; i < tensor.Shape.Elements; i++)
        {
            if (tensor.At(i) != tensor.At(0))
                throw Unsupported(node, "it has a scale per channel");
        }

        return tensor.Shape.Elements == 0 ? null : tensor.At(0);
    }

    private static ModelException Unsupported(Node node, string what) => new(
        QuantizationRules.UnsupportedForm, node.Name, node.Operator.Name, node.Output.Name, what,
        "Quantize activations per tensor, with constant scale and zero point.");
}
