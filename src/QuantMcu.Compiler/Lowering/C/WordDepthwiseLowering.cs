using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Depthwise convolutions 3x3 for cores without SIMD: what nano-runtime/native/include/qmcu_word_depthwise.h describes.</summary>
internal static class WordDepthwiseLowering
{
    private const int Taps = 9;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var window = layer.Window;
        int stride = window.Strides[0];
        bool fits = IsSquare(window.Kernel, 3) && IsSquare(window.Strides, stride) && stride <= 2 && IsSquare(window.Dilations, 1)
            && window.PadsBegin[0] <= 1 && window.PadsBegin[1] <= 1;
        if (!fits)
            return null;

        int maxCode = context.Input(0).Quantizer.MaxCode;
        bool two = Enumerable.Range(0, layer.Bias.Length).All(c => maxCode * Magnitude(layer, c) <= ushort.MaxValue);
        bool onSide = !context.IsTiled && context.Output.Shape[1] > context.Output.Shape[2];
        var to = layer.Requantization;
        int[] literals = [stride, two ? 2 : 1, context.InputBits(0), context.OutputBits, two && to.PreShift > 0 ? 1 : 0, CContext.FullBits(to)];
        var kernel = new CKernel(
            "depthwise_word" + CContext.Suffix(literals), "qmcu_word_depthwise.h", "qmcu_word_depthwise_run", "qmcu_word_depthwise",
            "qmcu_view x, qmcu_region y", "x, y", [.. literals]);
        var x = context.Input(0).Shape;
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("pad_top", window.PadsBegin[0]), ("pad_left", window.PadsBegin[1]),
            ("on_side", onSide), ("weights", Weights(layer, onSide)), ("outputs_of", Outputs(layer, two ? maxCode : 0)),
            ("padding", context.PaddingOf(layer)), ("pre_shift", to.PreShift), ("to", WordConvLowering.Rounding(to)),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, fields, [context.ImageCall()]);
    }

    private static bool IsSquare(ImmutableArray<int> sizes, int size) => sizes[0] == size && sizes[1] == size;

    private static int Magnitude(ConvLayer layer, int channel) => layer.Weights.Skip(channel * Taps).Take(Taps).Sum(weight => Math.Abs((int)weight));

    /// <summary>Nine bytes per channel, row by row or column by column.</summary>
    private static byte[] Weights(ConvLayer layer, bool onSide)
    {
        var ordered = new byte[layer.Weights.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            int tap = i % Taps;
            ordered[i] = (byte)layer.Weights[i - tap + (onSide ? (tap % 3 * 3) + (tap / 3) : tap)];
        }

        return ordered;
    }

    /// <summary>Of every channel: what its sums start with, what completes them, and the multiplier.</summary>
    /// <param name="maxCode">Largest code where two sums share a word, else 0.</param>
    private static int[] Outputs(ConvLayer layer, int maxCode)
    {
        var values = new int[3 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int offset = maxCode * layer.Weights.Skip(c * Taps).Take(Taps).Sum(weight => Math.Max(-weight, 0));
            values[3 * c] = maxCode == 0 ? layer.Bias[c] : offset | (offset << 16);
            values[(3 * c) + 1] = layer.Bias[c] - offset;
            values[(3 * c) + 2] = layer.Requantization.Multiplier(c);
        }

        return values;
    }
}
