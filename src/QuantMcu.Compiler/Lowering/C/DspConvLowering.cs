using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Convolutions without groups for cores with the DSP extension: the layout that nano-runtime/native/include/qmcu_dsp_conv.h describes.</summary>
internal static class DspConvLowering
{
    private const string Header = "qmcu_dsp_conv.h";

    /// <summary>Most bytes of scratch; a layer that needs more is left to the portable kernel.</summary>
    private const int MostScratch = 16 * 1024;

    /// <summary>Steps that an unrolled core has.</summary>
    private const int FewSteps = 32;

    /// <summary>Rows of a window up to this size are copied by code of their own.</summary>
    private const int ShortRow = 16;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        if (layer.Groups != 1 || layer.Bias.Length == 0)
            return null;

        var y = context.Output.Shape;
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        bool raster = !inPlace && y[2] % 4 != 0 && !context.IsTiled;
        bool dense = y[1] * y[2] == 1;
        int inBits = context.InputBits(0), pixelBytes = CContext.BytesOf(context.Input(0).Shape[3], inBits);
        int windowBytes = checked(layer.Window.Taps * pixelBytes), words = (windowBytes + 3) / 4;
        int pixels = dense || 4 * ((4 * words * (16 / inBits)) + words) > MostScratch ? 1 : 4;
        int narrow = inBits > 4 ? 0 : NarrowForm(layer.Weights);
        var weights = new DspWeights(layer, inBits, context.Input(0).Quantizer.MaxCode, narrow, pixels);
        int lanes = 4 * pixels * weights.Steps * weights.Parts, windows = inPlace ? 0 : 4 * pixels * words;
        if (lanes + windows > MostScratch)
            return null;

        var to = layer.Requantization;
        int rowBytes = layer.Window.Kernel[1] * pixelBytes;
        int full = CContext.FullBits(to);
        bool whole = layer.Bias.Length % weights.Block == 0;
        bool split = weights.Parts > 1, quads = (flat || raster ? y[1] * y[2] : context.LeastColumns) >= 4;
        var thin = narrow != 0 && pixels == 4 && !split && full == context.OutputBits && whole && quads && context.OutputBits < 8 ? weights.ThinOutputs() : null;
        ImmutableArray<int> form =
        [
            inPlace ? 1 : 0, inPlace || layer.Window.Dilations[1] > 1 ? 0 : RowForm(rowBytes), narrow, inBits, context.OutputBits, weights.LaneShift,
            thin is null ? to.PreShift - weights.LaneShift : 0, thin is null ? to.Shift : ThinRequantization.Shift, full, whole ? 1 : 0,
            weights.Steps <= FewSteps ? 1 : 0, quads ? 1 : 0, raster ? 1 : 0,
        ];
        ImmutableArray<int> literals = pixels == 1 ? form : [split ? 1 : 0, .. form, thin is null ? 0 : 1];
        string name = (pixels == 1 ? "dense" : "conv") + "_dsp" + CContext.Suffix([.. literals]);
        var kernel = new CKernel(
            name, Header, pixels == 1 ? "qmcu_dsp_dense_run" : "qmcu_dsp_conv_run", "qmcu_dsp_conv",
            "qmcu_view x, qmcu_region y", "x, y, (uint32_t *)(void *)scratch", literals)
        {
            ScratchBytes = lanes + windows,
        };
        ImmutableArray<CField> fields =
        [
            ("height", context.Input(0).Shape[1]), ("width", context.Input(0).Shape[2]), ("pixel_bytes", pixelBytes),
            ("outputs", layer.Bias.Length), ("window", CContext.WindowOf(layer.Window)),
            ("weights", weights.Packed()), ("outputs_of", thin ?? weights.Outputs()),
            ("padding", layer.HasPadding ? context.PaddingOf(layer) : new byte[0]),
            ("steps", weights.Steps), ("parts", weights.Parts), ("addend", to.Addend),
            ("min", to.Min), ("max", to.Max),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat && !dense)]);
    }

    /// <summary>How rows of a window are read: their bytes where they are few, -1 for whole words, 0 for any other number.</summary>
    private static int RowForm(int bytes) => bytes <= ShortRow ? bytes : bytes % 4 == 0 ? -1 : 0;

    /// <summary>How narrow the weights really are: 2, 4, or 0 for more.</summary>
    private static int NarrowForm(sbyte[] weights)
    {
        int least = weights.Min(), most = weights.Max();
        return least >= -1 && most <= 1 ? 2 : least >= -7 && most <= 7 ? 4 : 0;
    }
}
