using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>The one-line comment over an emitted kernel. Names from the model stay out: they are untrusted text.</summary>
internal static class StepTitle
{
    public static string Of(QuantizedNetwork network, QuantizedLayer layer, string? detail)
    {
        var shapes = layer.Inputs.Select(input => Shape(network.Tensor(input).Shape)).Distinct();
        string output = Shape(network.Tensor(layer.Output).Shape);
        string inputs = string.Join(" + ", shapes);
        string title = layer.Operator + (detail is null ? "" : " " + detail) + " " + inputs
            + (inputs == output ? "" : " -> " + output)
            + ", " + Bits(network, layer);
        long macs = layer.Macs(network);
        return macs == 0 ? title : title + ", " + macs.ToString("N0", CultureInfo.InvariantCulture) + " MACs";
    }

    /// <summary><c>8-bit</c>, <c>8-bit + 4-bit -> 2-bit</c>, <c>4-bit, 2-bit weights</c>; weights of 8 bits go without saying.</summary>
    private static string Bits(QuantizedNetwork network, QuantizedLayer layer)
    {
        string inputs = string.Join(" + ", layer.Inputs.Select(input => Bits(network.Tensor(input).Quantizer.CodeBits)).Distinct());
        string output = Bits(network.Tensor(layer.Output).Quantizer.CodeBits);
        string bits = inputs == output ? output : inputs + " -> " + output;
        return layer is ConvLayer { WeightBits: < 8 } conv ? bits + ", " + Bits(conv.WeightBits) + " weights" : bits;
    }

    /// <summary><c>48x48x16, 8-bit</c>.</summary>
    public static string Map(QuantizedTensor tensor) => Shape(tensor.Shape) + ", " + Bits(tensor.Quantizer.CodeBits);

    private static string Bits(int bits) => Number(bits) + "-bit";

    /// <summary><c>3x3</c>, <c>3x3/2</c>, <c>3x3/2x1 dilated 2x2</c>.</summary>
    public static string Of(Window window)
    {
        string text = Pair(window.Kernel);
        if (window.Strides.Any(stride => stride != 1))
            text += "/" + (window.Strides[0] == window.Strides[1] ? Number(window.Strides[0]) : Pair(window.Strides));

        return window.Dilations.Any(dilation => dilation != 1) ? text + " dilated " + Pair(window.Dilations) : text;
    }

    private static string Pair(System.Collections.Immutable.ImmutableArray<int> pair) => Number(pair[0]) + "x" + Number(pair[1]);

    /// <summary>Without the batch axis, which is 1.</summary>
    public static string Shape(Shape shape)
    {
        var dimensions = shape.Rank > 1 && shape[0] == 1 ? shape.Dimensions.RemoveAt(0) : shape.Dimensions;
        return dimensions.Length == 0 ? "1" : string.Join("x", dimensions.Select(Number));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
