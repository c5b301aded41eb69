using System;
using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Depthwise convolutions 3x3 for cores with the DSP extension: what nano-runtime/native/include/qmcu_dsp_depthwise.h describes.</summary>
internal static class DspDepthwiseLowering
{
    /// <summary>Most bytes of the planes that four channels are spread into, and bytes of a row of them.</summary>
    private const int MostScratch = 8 * 1024, RowBytes = 4 * 72;

    /// <summary>Low field of a lane that two codes of 4 bits or less share.</summary>
    private const int FieldSize = 2048;

    /// <summary>Most shift that a weight of 8 bits leaves a lane room for.</summary>
    private const int MostLaneShift = 8;

    /// <summary>Most shift of a requantization that there is a core for where four channels are stored together, and these.</summary>
    private const int MostShift = 12, Together = 4;

    /// <summary>Most columns of a tile, and bytes that two rows of two columns of kept codes take.</summary>
    private const int TileColumns = 34, KeptBytes = 8;

    /// <summary>A range of sums beyond which rounded products are not tried: their multipliers have too few bits.</summary>
    private const int MostRange = 1 << 16;

    private static readonly int[] TapOrder = [0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8];

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var window = layer.Window;
        int stride = window.Strides[0], rows = context.MostRows, most = (((context.MostScratch(MostScratch) / RowBytes) - 3) / stride) + 1;
        var to = layer.Requantization;
        if (!IsSquare(window.Kernel, 3) || !IsSquare(window.Strides, stride) || stride > 2 || !IsSquare(window.Dilations, 1))
            return null;

        int full = CContext.FullBits(to);
        var paired = stride == 1 && full == context.OutputBits && context.OutputBits <= 4 ? PairedOutputs(layer, context.Input(0).Quantizer) : null;
        bool isKept = paired is null && IsKept(layer, context, stride, full);
        int[]? rounded = isKept ? RoundedOutputs(layer, context.Input(0).Quantizer) : null;
        int granule = paired is null ? 1 : 2, strips = (rows + most - 1) / most;
        int strip = ((rows + strips - 1) / strips + granule - 1) / granule * granule;
        int laneShift = rounded is null ? LaneShift(to) : 0;
        int[] literals = isKept ? [context.InputBits(0), rounded is null ? to.Shift : 0]
            : paired is null ? [stride, context.InputBits(0), context.OutputBits, to.PreShift - laneShift, to.Shift, full]
            : [context.InputBits(0), context.OutputBits];
        string name = isKept ? "depthwise_kept" : paired is null ? "depthwise" : "depthwise_paired";
        int kept = isKept ? KeptBytes * ((strip + 1) / 2) * ((Math.Min(context.MostColumns, TileColumns) + 1) / 2) : 0;
        var kernel = new CKernel(
            name + "_dsp" + CContext.Suffix(literals), "qmcu_dsp_depthwise.h", "qmcu_dsp_" + name + "_run", "qmcu_dsp_depthwise",
            "qmcu_view x, qmcu_region y", "x, y, scratch", [.. literals])
        {
            ScratchBytes = (RowBytes * (((strip - 1) * stride) + 3)) + kept,
        };
        var x = context.Input(0).Shape;
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("pad_top", window.PadsBegin[0]), ("pad_left", window.PadsBegin[1]),
            ("strip", strip), ("weights", Weights(layer)), ("outputs_of", paired ?? rounded ?? Outputs(layer)), ("padding", layer.PadCodes),
            ("addend", rounded is null ? to.Addend : RoundedRequantization.Zero(to)), ("min", to.Min), ("max", to.Max), ("lane_shift", laneShift),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, fields, [context.ImageCall()]);
    }

    /// <summary>
    /// What the sums of a channel begin with, multiplier and constant of its <see cref="ThinRequantization"/>; null where codes have more than 4 bits, two sums
    /// do not fit a word, or a channel has none.
    /// </summary>
    private static int[]? PairedOutputs(ConvLayer layer, Quantizer codes)
    {
        if (codes.Bits > 4)
            return null;

        var values = new int[3 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int least = 0, most = 0;
            for (int i = c * layer.Window.Taps; i < (c + 1) * layer.Window.Taps; i++)
            {
                least += Math.Min(layer.Weights[i] * codes.MaxCode, 0);
                most += Math.Max(layer.Weights[i] * codes.MaxCode, 0);
            }

            if (most - least >= FieldSize || ThinRequantization.Of(layer.Requantization, c, layer.Bias[c], least, most) is not { } thin)
                return null;

            values[3 * c] = -least * (1 + FieldSize);
            values[(3 * c) + 1] = thin.Multiplier;
            values[(3 * c) + 2] = unchecked(thin.Constant + (least * thin.Multiplier));
        }

        return values;
    }

    /// <summary>Whether the codes of four channels are stored together.</summary>
    private static bool IsKept(ConvLayer layer, CContext context, int stride, int full)
    {
        var to = layer.Requantization;
        return !context.IsSmall && stride == 1 && context.OutputBits == 4 && full == 4 && layer.Bias.Length % Together == 0
            && LaneShift(to) == to.PreShift && to.Shift is >= 1 and <= MostShift;
    }

    /// <summary>Bias and multiplier of the <see cref="RoundedRequantization"/> of every channel; null where one has none.</summary>
    private static int[]? RoundedOutputs(ConvLayer layer, Quantizer codes)
    {
        var values = new int[2 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int least = 0, most = 0;
            for (int i = c * layer.Window.Taps; i < (c + 1) * layer.Window.Taps; i++)
            {
                least += Math.Min(layer.Weights[i] * codes.MaxCode, 0);
                most += Math.Max(layer.Weights[i] * codes.MaxCode, 0);
            }

            int bias = layer.Bias[c];
            if (most - least >= MostRange || RoundedRequantization.Multiplier(layer.Requantization, c, bias + least, bias + most) is not { } multiplier)
                return null;

            values[2 * c] = bias;
            values[(2 * c) + 1] = multiplier;
        }

        return values;
    }

    /// <summary>As much of the shift before the requantization as weights get instead of sums.</summary>
    private static int LaneShift(Requantization to) => Math.Min(to.PreShift, MostLaneShift);

    private static bool IsSquare(ImmutableArray<int> sizes, int size) => sizes[0] == size && sizes[1] == size;

    private static byte[] Weights(ConvLayer layer)
    {
        int taps = layer.Window.Taps;
        var ordered = new byte[checked(TapOrder.Length * layer.Bias.Length)];
        for (int i = 0; i < ordered.Length; i++)
            ordered[i] = (byte)layer.Weights[(i / TapOrder.Length * taps) + TapOrder[i % TapOrder.Length]];

        return ordered;
    }

    /// <summary>Bias and multiplier of every channel; the bias has the shift that weights get.</summary>
    private static int[] Outputs(ConvLayer layer)
    {
        var values = new int[2 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            values[2 * c] = unchecked(layer.Bias[c] << LaneShift(layer.Requantization));
            values[(2 * c) + 1] = layer.Requantization.Multiplier(c);
        }

        return values;
    }
}
