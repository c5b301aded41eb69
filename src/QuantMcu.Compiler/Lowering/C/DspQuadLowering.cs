using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Convolutions without groups of 8-bit codes with 4-bit weights, for cores with the DSP extension: what nano-runtime/native/include/qmcu_dsp_quad.h
/// describes.
/// </summary>
internal static class DspQuadLowering
{
    /// <summary>Most bytes of scratch: of all, and where widened weights already serve enough pixels.</summary>
    private const int MostScratch = 14 * 1024, EnoughScratch = 4 * 1024;

    /// <summary>Groups of four pixels at once: fewer do not pay for the widening of weights, more gain nothing, and the kernel has room for so many.</summary>
    private const int FewestGroups = 3, EnoughGroups = 8, MostGroups = 64;

    private const int MostShift = 12;

    /// <returns>Null where the layer does not fit, or another kernel is as good.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var to = layer.Requantization;
        if (layer.Groups != 1 || layer.Bias.Length == 0 || context.InputBits(0) != 8 || layer.Weights.Min() < -7 || layer.Weights.Max() > 7
            || to.Min != 0 || to.Max != (1 << context.OutputBits) - 1 || to.Shift is < 1 or > MostShift || to.PreShift > 30)
        {
            return null;
        }

        var y = context.Output.Shape;
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        bool raster = !inPlace && y[2] % 4 != 0 && !context.IsTiled;
        int channels = context.Input(0).Shape[3];
        bool wholeRows = !inPlace && layer.Window.Dilations[1] == 1 && layer.Window.Kernel[1] * channels % 4 == 0;
        if ((flat || raster ? y[1] * y[2] : context.LeastColumns) < 4 || !(inPlace || wholeRows))
            return null;

        int window = inPlace ? 0 : 4 * ((layer.Window.Taps * channels) + 3) / 4 * 4;
        var weights = new QuadWeights(layer, context.Input(0).Quantizer.MaxCode);
        int all = flat || raster ? ((y[1] * y[2]) + 3) / 4 : context.MostRows * ((context.MostColumns + 3) / 4);
        int groups = GroupsOf(all, 8 * weights.Taps, window);
        if (groups < Math.Min(FewestGroups, all))
            return null;

        int[] literals = [inPlace ? 1 : 0, raster ? 1 : 0, context.OutputBits, to.Shift];
        var kernel = new CKernel(
            "conv_dsp_quad" + CContext.Suffix(literals), "qmcu_dsp_quad.h", "qmcu_dsp_quad_run", "qmcu_dsp_quad", "qmcu_view x, qmcu_region y",
            "x, y, (uint32_t *)(void *)scratch", [.. literals])
        {
            ScratchBytes = ((groups + 1) * 8 * weights.Taps) + window,
        };
        ImmutableArray<CField> conv =
        [
            ("height", context.Input(0).Shape[1]), ("width", context.Input(0).Shape[2]), ("pixel_bytes", channels),
            ("outputs", layer.Bias.Length), ("window", CContext.WindowOf(layer.Window)),
            ("weights", weights.Packed()), ("outputs_of", weights.Outputs()),
            ("padding", layer.HasPadding ? layer.PadCodes : new byte[0]),
            ("steps", weights.Taps), ("parts", 1), ("addend", to.Addend),
            ("min", to.Min), ("max", to.Max),
        ];
        ImmutableArray<CField> fields = [("conv", new CValue.Group(conv)), ("power", 1 << to.PreShift), ("groups", groups)];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat)]);
    }

    /// <summary>Groups at once: as many as there is room for, up to where more would gain nothing; of equal size.</summary>
    private static int GroupsOf(int all, int bytes, int window)
    {
        int enough = Math.Max(EnoughGroups, EnoughScratch / bytes);
        int most = Math.Min(Math.Min(enough, MostGroups), (MostScratch - window - bytes) / bytes);
        if (most < 1)
            return 0;

        int turns = (all + most - 1) / most;
        return (all + turns - 1) / turns;
    }
}
