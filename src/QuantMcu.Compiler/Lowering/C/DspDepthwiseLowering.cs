using System;
using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Depthwise convolutions 3x3 for cores with the DSP extension: what nano-runtime/native/include/qmcu_dsp_depthwise.h describes.</summary>
internal static class DspDepthwiseLowering
{
    /// <summary>Most bytes of the planes that the channels of a word are spread into: 4 of 8 bits, or more of fewer.</summary>
    private const int MostScratch = 6 * 1024, MostScratchOfNarrow = 10 * 1024;

    /// <summary>Most shift that a weight of 8 bits leaves a lane room for.</summary>
    private const int MostLaneShift = 8;

    private static readonly int[] TapOrder = [0, 3, 2, 5, 6, 1, 8, 4, 7];

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var window = layer.Window;
        int stride = window.Strides[0], rows = context.MostRows, columns = context.MostColumns;
        var to = layer.Requantization;
        bool fits = IsSquare(window.Kernel, 3) && IsSquare(window.Strides, stride) && stride <= 2 && IsSquare(window.Dilations, 1)
            && context.LeastColumns >= (stride == 1 ? 2 : 1);
        int planes = 32 / context.InputBits(0), scratch = planes == 4 ? MostScratch : MostScratchOfNarrow;
        int pitch = ((columns - 1) * stride) + 3, most = (((scratch - 4) / planes / pitch) - 3) / stride;
        fits &= context.Output.Shape[2] * CContext.BytesOf(layer.Bias.Length, context.OutputBits) <= ushort.MaxValue;
        if (!fits || pitch > scratch / (6 * planes))
            return null;

        int strips = (rows + most) / (most + 1), strip = (rows + strips - 1) / strips;
        bool full = to.Min == 0 && to.Max == (1 << context.OutputBits) - 1;
        int[] literals = [stride, context.InputBits(0), context.OutputBits, LaneShift(to), to.PreShift - LaneShift(to), to.Shift, full ? 1 : 0];
        var kernel = new CKernel(
            "depthwise_dsp" + CContext.Suffix(literals), "qmcu_dsp_depthwise.h", "qmcu_dsp_depthwise_run", "qmcu_dsp_depthwise",
            "qmcu_view x, qmcu_region y", "x, y, scratch", [.. literals])
        {
            ScratchBytes = (planes * (((strip - 1) * stride) + 3) * pitch) + 4,
        };
        var x = context.Input(0).Shape;
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("pad_top", window.PadsBegin[0]), ("pad_left", window.PadsBegin[1]),
            ("strip", strip), ("weights", Weights(layer)), ("outputs_of", Outputs(layer)), ("padding", layer.PadCodes),
            ("addend", to.Addend), ("min", to.Min), ("max", to.Max),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, fields, [context.ImageCall()]);
    }

    /// <summary>As much of the shift before the requantization as weights get instead of sums.</summary>
    private static int LaneShift(Requantization to) => Math.Min(to.PreShift, MostLaneShift);

    private static bool IsSquare(ImmutableArray<int> sizes, int size) => sizes[0] == size && sizes[1] == size;

    private static byte[] Weights(ConvLayer layer)
    {
        int taps = TapOrder.Length;
        var ordered = new byte[checked(12 * layer.Bias.Length)];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            for (int i = 0; i < taps; i++)
                ordered[(12 * c) + i] = (byte)layer.Weights[(c * taps) + TapOrder[i]];
        }

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
