using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Depthwise convolutions of windows of up to four rows and columns for cores with Helium: what nano-runtime/native/include/qmcu_mve_depthwise.h describes.
/// </summary>
internal static class MveDepthwiseLowering
{
    /// <summary>Rows and columns that a vector has.</summary>
    private const int Side = 4;

    /// <summary>Bytes of a column of 16 channels and four rows; columns that are spread at most, but for the least strips.</summary>
    private const int ColumnBytes = 64, MostColumns = 68;

    /// <summary>Largest step of a gathering load, in columns.</summary>
    private const int MostStride = 7;

    /// <summary>Most bytes of scratch.</summary>
    private const int MostScratch = 16 * 1024;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var window = layer.Window;
        var to = layer.Requantization;
        int stride = window.Strides[1], outBits = context.OutputBits, inBits = context.InputBits(0);
        if (window.Kernel.Any(size => size > Side) || stride > MostStride || to.Min != 0 || to.Max > 255 || !HasRoom(layer, (1 << inBits) - 1))
            return null;

        bool quads = window.Kernel.All(size => size < Side) && window.Strides.All(step => step == 1) && window.Dilations.All(step => step == 1);
        int reach = ((Side - 1) * window.Dilations[1]) + 1;
        int strip = Math.Max(Math.Min(context.MostColumns, ((MostColumns - reach) / stride) + 1), Side);
        int lines = ColumnBytes * (((strip - 1) * stride) + reach), scratch = outBits == 8 ? lines : lines + (2 * 16 * strip) + ColumnBytes;
        if (scratch > MostScratch)
            return null;

        int[] literals = [stride, quads ? 1 : 0, inBits, outBits, to.PreShift == 0 ? 0 : 1];
        var kernel = new CKernel(
            "depthwise_mve" + CContext.Suffix(literals), "qmcu_mve_depthwise.h", "qmcu_mve_depthwise_run", "qmcu_mve_depthwise",
            "qmcu_view x, qmcu_region y", "x, y, scratch", [.. literals])
        {
            ScratchBytes = scratch,
        };
        var x = context.Input(0).Shape;
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("window", CContext.WindowOf(window)), ("weights", Weights(layer, inBits)),
            ("padding", context.PaddingOf(layer)), ("strip", strip), ("lines", lines),
            ("pre_shift", to.PreShift), ("addend", to.Addend), ("shift", to.Shift), ("max", to.Max),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, fields, [context.ImageCall()]);
    }

    /// <summary>Per channel a word for each column of the window, its first row lowest; bias, with what codes of 8 bits less 128 take from the sum; multiplier.</summary>
    private static int[] Weights(ConvLayer layer, int inBits)
    {
        int height = layer.Window.Kernel[0], width = layer.Window.Kernel[1], taps = height * width, record = width + 2;
        var values = new int[checked(record * layer.Bias.Length)];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                int weight = layer.Weights[(c * taps) + tap];
                sum += weight;
                values[(record * c) + (tap % width)] |= (weight & 0xFF) << (8 * (tap / width));
            }

            values[(record * c) + width] = unchecked(layer.Bias[c] + (inBits == 8 ? 128 * sum : 0));
            values[(record * c) + width + 1] = layer.Requantization.Multiplier(c);
        }

        return values;
    }

    /// <summary>Whether products twice as large fit, with the addend.</summary>
    private static bool HasRoom(ConvLayer layer, int maxCode)
    {
        var to = layer.Requantization;
        int taps = layer.Window.Taps;
        return to.Shift < 31 && Enumerable.Range(0, layer.Bias.Length).All(c =>
        {
            long low = layer.Bias[c], high = layer.Bias[c], multiplier = to.Multiplier(c);
            for (int i = c * taps; i < (c + 1) * taps; i++)
            {
                low += Math.Min(layer.Weights[i] * maxCode, 0);
                high += Math.Max(layer.Weights[i] * maxCode, 0);
            }

            return multiplier >= 0 && IsHalf(low) && IsHalf(high);

            bool IsHalf(long sum)
            {
                long product = ((sum << to.PreShift) * multiplier) >> 32;
                return Math.Abs(product) < 1 << 30 && Math.Abs(product + to.Addend) < 1 << 30;
            }
        });
    }
}
