using System;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>Weights that a model brings as codes behind a DequantizeLinear.</summary>
internal static class ImportedWeights
{
    /// <summary>
    /// The codes, less their zero point, and the scales of a Conv's weights; null where the weights are floats, or where the codes do not fit
    /// signed 8 bits around zero (with a warning then).
    /// </summary>
    public static QuantizedWeights? Of(Node conv, NetworkBuilder builder)
    {
        var value = conv.Inputs[1]!;
        if (builder.Producer(value) is not { } producer || !ImportedQuantization.IsConstant(producer))
            return null;

        var codes = producer.Inputs[0]!.Constant!;
        var scale = producer.Inputs[1]!.Constant;
        var zeroPoint = producer.Inputs.Length > 2 ? producer.Inputs[2]?.Constant : null;
        int channels = value.Shape[0];
        bool perChannel = scale is not null && IsPerChannel(scale, channels) && (zeroPoint is null || IsPerChannel(zeroPoint, channels));
        if (!perChannel)
            return Refuse("their scales are not one per output channel");

        var shifted = new sbyte[codes.Shape.Elements];
        var scales = new double[channels];
        for (int m = 0; m < channels; m++)
            scales[m] = At(scale!, m);

        for (int i = 0; i < shifted.Length; i++)
        {
            int channel = i / (shifted.Length / channels);
            double code = codes.At(i) - (zeroPoint is null ? 0 : At(zeroPoint, channel));
            if (code is < sbyte.MinValue or > sbyte.MaxValue)
                return Refuse("zero point " + At(zeroPoint!, channel) + " of " + codes.Element);

            shifted[i] = (sbyte)code;
        }

        foreach (double one in scales)
        {
            if (!(one > 0) || double.IsInfinity(one))
                return Refuse("scale " + one);
        }

        return new QuantizedWeights(shifted, scales, 8, Imported: true);

        QuantizedWeights? Refuse(string why)
        {
            builder.Warn(Diagnostic.Create(QuantizationRules.WeightsRequantized, conv.Name, conv.Operator.Name, value.Name, why));
            return null;
        }
    }

    private static bool IsPerChannel(Tensor parameter, int channels) => parameter.Shape.Elements == 1 || parameter.Shape.Elements == channels;

    private static double At(Tensor parameter, int channel) => parameter.At(parameter.Shape.Elements == 1 ? 0 : channel);
}
