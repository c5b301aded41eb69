using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Convolutions without groups of 8-bit codes with weights of 8 or 4 bits, for cores with the DSP extension: what
/// nano-runtime/native/include/qmcu_dsp_quad.h describes.
/// </summary>
internal static class DspQuadLowering
{
    /// <summary>Most bytes of scratch: of all, of codes where more would gain nothing, and of weights that are widened before.</summary>
    private const int MostScratch = 8 * 1024, EnoughCodes = 4 * 1024, MostWeights = 4 * 1024;

    /// <summary>
    /// Groups of four pixels at once: fewer do not pay for the widening of weights (of 8 bits, of 4 bits), more gain nothing, and the kernel has room
    /// for so many.
    /// </summary>
    private const int FewestGroups = 8, FewestGroupsOfNarrow = 3, EnoughGroups = 8, MostGroups = 64;

    /// <summary>Most shift of a requantization that there is a core for.</summary>
    private const int MostShift = 12;

    /// <returns>Null where the layer does not fit, or another kernel is as good.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var to = layer.Requantization;
        if (layer.Groups != 1 || layer.Bias.Length == 0 || context.InputBits(0) != 8 || context.OutputBits == 2
            || CContext.FullBits(to) is var full && (full == 0 || (full < context.OutputBits && full is not (6 or 7))) || to.Shift is < 1 or > MostShift)
        {
            return null;
        }

        var y = context.Output.Shape;
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        bool raster = !inPlace && y[2] % 4 != 0 && !context.IsTiled;
        int channels = context.Input(0).Shape[3], rowBytes = layer.Window.Kernel[1] * channels;
        if ((flat || raster ? y[1] * y[2] : context.LeastColumns) < 4)
            return null;

        bool isNarrow = layer.Weights.Min() >= -7 && layer.Weights.Max() <= 7 && (inPlace || rowBytes % 4 == 0);
        var quads = new QuadWeights(layer, context.Input(0).Quantizer.MaxCode);
        var lanes = new DspWeights(layer, 8, context.Input(0).Quantizer.MaxCode, 0, 4);
        if (isNarrow ? to.PreShift > 30 : lanes.LaneShift != to.PreShift)
            return null;

        int window = inPlace ? 0 : 4 * (((layer.Window.Taps * channels) + 3) / 4 * 4);
        int all = flat || raster ? ((y[1] * y[2]) + 3) / 4 : context.MostRows * ((context.MostColumns + 3) / 4);
        int codes = 8 * quads.Taps, weights = codes / (isNarrow ? 1 : 2), blocks = (layer.Bias.Length + (isNarrow ? 3 : 1)) / (isNarrow ? 4 : 2);
        bool atOnce = (long)weights * blocks <= MostWeights;
        int scratch = atOnce ? weights * blocks : codes, groups = GroupsOf(all, codes, MostScratch - window - scratch);
        if (groups < (atOnce ? 1 : isNarrow ? Math.Min(FewestGroupsOfNarrow, all) : FewestGroups))
            return null;

        int[] literals = [isNarrow ? 0 : 1, inPlace ? 1 : 0, raster ? 1 : 0, context.OutputBits, full, to.Shift];
        var kernel = new CKernel(
            "conv_dsp_" + (isNarrow ? "quad" : "wide") + CContext.Suffix(literals), "qmcu_dsp_quad.h", "qmcu_dsp_quad_run", "qmcu_dsp_quad",
            "qmcu_view x, qmcu_region y", "x, y, (uint32_t *)(void *)scratch", [.. literals])
        {
            ScratchBytes = (groups * codes) + scratch + window,
        };
        ImmutableArray<CField> conv =
        [
            ("height", context.Input(0).Shape[1]), ("width", context.Input(0).Shape[2]), ("pixel_bytes", channels),
            ("outputs", layer.Bias.Length), ("window", CContext.WindowOf(layer.Window)),
            ("weights", isNarrow ? quads.Packed() : lanes.Packed()), ("outputs_of", isNarrow ? quads.Outputs() : lanes.Outputs()),
            ("padding", layer.HasPadding ? layer.PadCodes : new byte[0]),
            ("steps", quads.Taps), ("parts", 1), ("addend", to.Addend),
            ("min", to.Min), ("max", to.Max),
        ];
        ImmutableArray<CField> fields =
        [
            ("conv", new CValue.Group(conv)), ("lane_shift", lanes.LaneShift), ("power", isNarrow ? 1 << to.PreShift : 1), ("groups", groups),
            ("at_once", atOnce),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat)]);
    }

    /// <summary>Groups at once: as many as there is room for, up to where more would gain nothing; of equal size.</summary>
    private static int GroupsOf(int all, int bytes, int room)
    {
        int most = Math.Min(Math.Min(Math.Max(EnoughGroups, EnoughCodes / bytes), MostGroups), room / bytes);
        if (most < 1)
            return 0;

        int turns = (all + most - 1) / most;
        return (all + turns - 1) / turns;
    }
}
