using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Convolutions without groups for cores with Helium: the layout that nano-runtime/native/include/qmcu_mve_conv.h describes.</summary>
internal static class MveConvLowering
{
    /// <summary>Most bytes of scratch; a layer that needs more is left to other kernels.</summary>
    private const int MostScratch = 16 * 1024;

    /// <summary>Bytes behind windows and lines that whole vectors may touch.</summary>
    private const int Slack = 64;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        if (layer.Groups != 1 || layer.Bias.Length == 0)
            return null;

        var y = context.Output.Shape;
        int inBits = context.InputBits(0), outputs = layer.Bias.Length;
        bool dense = y[1] * y[2] == 1, inPlace = layer.Window.Taps == 1 && !layer.HasPadding;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        var weights = new MveWeights(layer, inBits);
        int pixels = dense ? 1 : 2, lines = (16 * pixels * weights.Steps) + Slack;
        int scratch = context.OutputBits == 8 ? lines : lines + (pixels * (outputs + 3)) + Slack;
        if (scratch > MostScratch || (context.IsSmall && Wastes(layer, weights)))
            return null;

        var to = layer.Requantization;
        bool whole = context.OutputBits < 8 || outputs % 4 == 0;
        ImmutableArray<int> literals = [inPlace ? 1 : 0, inBits, context.OutputBits, weights.Bits, to.PreShift == 0 ? 0 : 1, whole ? 1 : 0];
        var kernel = new CKernel(
            "conv_mve" + CContext.Suffix([.. literals]), "qmcu_mve_conv.h", "qmcu_mve_conv_run", "qmcu_mve_conv", "qmcu_view x, qmcu_region y",
            "x, y, scratch", literals)
        {
            ScratchBytes = scratch,
        };
        ImmutableArray<CField> fields =
        [
            ("height", context.Input(0).Shape[1]), ("width", context.Input(0).Shape[2]),
            ("pixel_bytes", CContext.BytesOf(layer.PadCodes.Length, inBits)), ("outputs", outputs), ("window", CContext.WindowOf(layer.Window)),
            ("weights", weights.Packed()), ("padding", layer.HasPadding ? PaddingRow(layer, context) : new byte[0]),
            ("steps", weights.Steps), ("length", weights.Length), ("lines", lines),
            ("pre_shift", to.PreShift), ("addend", to.Addend), ("shift", to.Shift), ("min", to.Min), ("max", to.Max),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat && !dense)]);
    }

    /// <summary>As many pixels of padding as a row of the window has.</summary>
    private static byte[] PaddingRow(ConvLayer layer, CContext context) =>
        [.. Enumerable.Repeat(context.PaddingOf(layer), layer.Window.Kernel[1]).SelectMany(pixel => pixel)];

    /// <summary>Whether the layout has much more flash than the weights themselves: windows are padded to 16 codes.</summary>
    private static bool Wastes(ConvLayer layer, MveWeights weights) =>
        16L * weights.Steps * layer.Bias.Length * weights.Bits / 8 > layer.WeightBytes * 9L / 8;
}
