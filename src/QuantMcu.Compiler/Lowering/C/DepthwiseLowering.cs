using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Depthwise convolutions.</summary>
internal static class DepthwiseLowering
{
    public static CStep Lower(ConvLayer layer, CContext context)
    {
        var x = context.Input(0).Shape;
        int height = layer.Window.Kernel[0], width = layer.Window.Kernel[1];
        int[] bits = [context.InputBits(0), layer.WeightBits, context.OutputBits];
        var kernel = new CKernel(
            "depthwise_" + height + "x" + width + CContext.Suffix(bits), "qmcu_depthwise.h", "qmcu_depthwise_run", "qmcu_depthwise",
            "qmcu_view x, qmcu_region y", "x, y", [height, width, .. bits]);
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("window", CContext.WindowOf(layer.Window)),
            ("weights", Weights(layer)), ("bias", layer.Bias), ("padding", layer.PadCodes),
            ("to", CContext.RequantizationOf(layer.Requantization)),
        ];
        return new CStep(context.Title(StepTitle.Of(layer.Window)), kernel, fields, [context.ImageCall()]);
    }

    /// <summary>[tap][channel], every tap on a byte.</summary>
    private static byte[] Weights(ConvLayer layer)
    {
        int taps = layer.Window.Taps, tapBytes = CContext.BytesOf(layer.Bias.Length, layer.WeightBits);
        var packed = new byte[checked(taps * tapBytes)];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            for (int tap = 0; tap < taps; tap++)
                CContext.Pack(layer.Weights[(c * taps) + tap], c, layer.WeightBits, packed, tap * tapBytes);
        }

        return packed;
    }
}
