using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Convolutions with any groups but depthwise; a fully connected layer is one on one pixel.</summary>
internal static class ConvLowering
{
    /// <summary>Outputs that a kernel computes together.</summary>
    private const int Block = 4;

    /// <summary>Most bytes of scratch for which four pixels are computed together.</summary>
    private const int MostScratch = 4096;

    public static CStep Lower(ConvLayer layer, CContext context)
    {
        var x = context.Input(0).Shape;
        bool inPlace = layer.Window.Taps == 1 && layer.Groups == 1 && !layer.HasPadding && context.InputBits(0) == 8;
        int window = inPlace ? 0 : checked(layer.Window.Taps * x[3]);
        int pixels = context.MostColumns >= 4 && 4 * window <= MostScratch ? 4 : 1;
        int[] bits = [context.InputBits(0), layer.WeightBits, context.OutputBits];
        var kernel = new CKernel(
            (inPlace ? "conv_1x1_by_" : "conv_by_") + pixels + CContext.Suffix(bits), "qmcu_conv.h", "qmcu_conv_run", "qmcu_conv",
            "qmcu_view x, qmcu_region y", "x, y, " + (inPlace ? "0" : "scratch"), [pixels, inPlace ? 1 : 0, .. bits])
        {
            ScratchBytes = pixels * window,
        };
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("outputs", layer.Bias.Length), ("groups", layer.Groups),
            ("window", CContext.WindowOf(layer.Window)), ("weights", Weights(layer)), ("bias", layer.Bias),
            ("padding", layer.HasPadding ? layer.PadCodes : new byte[0]), ("to", CContext.RequantizationOf(layer.Requantization)),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        string title = context.Title(detail + (layer.Groups > 1 ? " in " + layer.Groups + " groups" : null));
        return new CStep(title, kernel, fields, [context.ImageCall()]);
    }

    /// <summary>[group][block of outputs][tap and channel][output of the block], zeros where a group's last block lacks outputs.</summary>
    private static byte[] Weights(ConvLayer layer)
    {
        int outputs = layer.Bias.Length / layer.Groups, length = layer.Bias.Length == 0 ? 0 : layer.Weights.Length / layer.Bias.Length;
        int blocks = (outputs + Block - 1) / Block, stepBytes = Block * layer.WeightBits / 8;
        var packed = new byte[checked(layer.Groups * blocks * length * stepBytes)];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            int block = (m / outputs * blocks) + (m % outputs / Block);
            for (int k = 0; k < length; k++)
            {
                CContext.Pack(
                    layer.Weights[(m * length) + k], m % outputs % Block, layer.WeightBits, packed, ((block * length) + k) * stepBytes);
            }
        }

        return packed;
    }
}
