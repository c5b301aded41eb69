using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Convolutions 1x1 of few channels for cores with the DSP extension, where the kernels of four pixels at once take most of their time to begin and to end:
/// what nano-runtime/native/include/qmcu_dsp_few.h describes.
/// </summary>
internal static class DspFewLowering
{
    /// <summary>Most channels, and codes of a word.</summary>
    private const int MostChannels = 16, InWord = 4;

    /// <summary>The kernel's shift of all requantizations: weights and biases make up for the layer's.</summary>
    private const int Shift = 8, MostLift = 15;

    /// <summary>Fewest bits of a result that there is a core for.</summary>
    private const int FewestBits = 5;

    /// <summary>What the kernel takes for a result of 4, 8, 12 and 16 channels, and for a pixel.</summary>
    private static readonly double[] OfResult = [6.4, 8.4, 11.4, 15.4], OfPixel = [8, 10, 17, 20];

    /// <summary>What weights of 4 to 6 bits take else: for a result, and its taps and the pixel's codes.</summary>
    private const double OfNarrow = 7.2, OfTap = 0.375, OfCode = 2.9;

    /// <returns>Null where the layer does not fit, or another kernel is as good.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var to = layer.Requantization;
        var window = layer.Window;
        int channels = layer.PadCodes.Length, full = CContext.FullBits(to);
        if (layer.Groups != 1 || layer.Bias.Length == 0 || window.Taps != 1 || layer.HasPadding || window.Strides[0] != 1 || window.Strides[1] != 1
            || context.InputBits(0) != 8 || context.OutputBits != 8 || full < FewestBits || channels == 0 || channels > MostChannels
            || channels % InWord != 0)
        {
            return null;
        }

        int lift = to.PreShift + Shift - to.Shift, addend = to.Shift <= Shift ? to.Addend << (Shift - to.Shift) : to.Addend >> (to.Shift - Shift);
        if (lift is < 0 or > MostLift || !Pays(layer) || Outputs(layer, context.Input(0).Quantizer.MaxCode, lift, addend) is not { } outputs)
            return null;

        int[] literals = [channels, full];
        var kernel = new CKernel(
            "conv_dsp_few" + CContext.Suffix(literals), "qmcu_dsp_few.h", "qmcu_dsp_few_run", "qmcu_dsp_few",
            "qmcu_view x, qmcu_region y", "x, y", [.. literals]);
        ImmutableArray<CField> fields = [("outputs_of", outputs), ("outputs", layer.Bias.Length), ("addend", addend)];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat: !context.IsTiled)]);
    }

    /// <summary>Weights of 8 bits always gain.</summary>
    private static bool Pays(ConvLayer layer)
    {
        int channels = layer.PadCodes.Length, size = (channels / InWord) - 1;
        double few = OfResult[size] + (OfPixel[size] / layer.Bias.Length);
        return layer.Weights.Any(weight => Math.Abs((int)weight) > QuadWeights.MostOfSix) || few < OfNarrow + (channels * (OfTap + (OfCode / layer.Bias.Length)));
    }

    /// <summary>
    /// Lanes, bias and multiplier of every output, as its core takes them; null where they do not fit. Where the sums of an output have less room, its
    /// multiplier has the shift instead.
    /// </summary>
    private static int[]? Outputs(ConvLayer layer, int maxCode, int lift, int addend)
    {
        int channels = layer.PadCodes.Length, bias = channels == 4 ? 2 : channels == MostChannels ? 3 : 4;
        var values = new List<int>();
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            var weights = Enumerable.Range(m * channels, channels).Select(k => (int)layer.Weights[k]).ToArray();
            long most = Math.Abs((long)layer.Bias[m]) + (maxCode * weights.Sum(weight => (long)Math.Abs(weight)));
            int shift = lift;
            while (shift > 0 && (most << shift > int.MaxValue || weights.Any(weight => weight << shift != (short)(weight << shift))))
                shift--;

            long multiplier = (long)layer.Requantization.Multiplier(m) << (lift - shift);
            if (multiplier != (int)multiplier)
                return null;

            int start = values.Count;
            for (int pair = 0; pair < channels / 2; pair++)
                values.Add(Lanes(weights, (pair / 2 * InWord) + (pair % 2), shift));

            values.Insert(start + bias, layer.Bias[m] << shift);
            values.Add((int)multiplier);
            if (channels == MostChannels)
                values.Add(addend);
        }

        return values.ToArray();
    }

    /// <summary>The weights of bytes 0 and 2 of a word of codes, or of 1 and 3.</summary>
    private static int Lanes(int[] weights, int at, int shift) => ((weights[at] << shift) & 0xFFFF) | (weights[at + 2] << (shift + 16));
}
