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

    /// <summary>Bytes of scratch that a strip should not exceed: longer ones are cut.</summary>
    private const int MostScratch = 3072;

    /// <summary>Bits between the sums of three columns in a word, as in the kernel.</summary>
    private const int NarrowField = 10;

    /// <summary>Sums of more values are not tried for a <see cref="ThinRequantization"/>.</summary>
    private const int MostThin = 1 << 15;

    /// <summary>Rows of output in a strip with stride 1, as in the kernel.</summary>
    private const int StripRows = 8;

    /// <summary>What it costs to begin with rows, in columns.</summary>
    private const int ColumnsOfStart = 4;

    /// <summary>What a row costs, in what rows that are computed together share.</summary>
    private const int CostOfRow = 5;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var window = layer.Window;
        int stride = window.Strides[0];
        bool fits = IsSquare(window.Kernel, 3) && IsSquare(window.Strides, stride) && stride <= 2 && IsSquare(window.Dilations, 1)
            && window.PadsBegin[0] <= 1 && window.PadsBegin[1] <= 1;
        if (!fits)
            return null;

        int maxCode = context.Input(0).Quantizer.MaxCode, inBits = context.InputBits(0);
        int range = Enumerable.Range(0, layer.Bias.Length).Max(c => maxCode * Magnitude(layer, c));
        int fields = range > ushort.MaxValue ? 1 : stride == 1 && range < 1 << NarrowField ? 3 : 2;
        var (onSide, rows) = Rows(context, stride == 1 && fields == 2);
        int columnBytes = Extent(StripRows / stride, stride) * 32 / inBits;
        int chunk = Chunk(onSide ? context.MostRows : context.MostColumns, stride, MostScratch / columnBytes);
        var to = layer.Requantization;
        var thin = fields > 1 && range < MostThin ? ThinOutputs(layer, maxCode) : null;
        int[] literals =
        [
            stride, rows, fields, inBits, context.OutputBits, context.IsInputOfWords(0) ? 1 : 0, context.IsOutputOfWords ? 1 : 0,
            thin is null ? 0 : ThinRequantization.Shift, thin is null && fields > 1 && to.PreShift > 0 ? 1 : 0, CContext.FullBits(to),
        ];
        var kernel = new CKernel(
            "depthwise_word" + CContext.Suffix(literals), "qmcu_word_depthwise.h", "qmcu_word_depthwise_run", "qmcu_word_depthwise",
            "qmcu_view x, qmcu_region y", "x, y, (uint32_t *)(void *)scratch", [.. literals])
        {
            ScratchBytes = Extent(chunk, stride) * columnBytes,
        };
        var x = context.Input(0).Shape;
        ImmutableArray<CField> values =
        [
            ("height", x[1]), ("width", x[2]), ("channels", x[3]), ("pad_top", window.PadsBegin[0]), ("pad_left", window.PadsBegin[1]),
            ("on_side", onSide), ("chunk", chunk), ("weights", fields == 3 ? new byte[0] : Weights(layer, onSide)),
            ("weight_rows", fields == 3 ? WeightRows(layer, onSide) : new int[0]), ("outputs_of", thin ?? Outputs(layer, fields > 1 ? maxCode : 0)),
            ("padding", context.PaddingOf(layer)), ("pre_shift", to.PreShift), ("to", WordConvLowering.Rounding(to)),
        ];
        return new CStep(context.Title(StepTitle.Of(window)), kernel, values, [context.ImageCall()]);
    }

    private static bool IsSquare(ImmutableArray<int> sizes, int size) => sizes[0] == size && sizes[1] == size;

    private static int Magnitude(ConvLayer layer, int channel) => layer.Weights.Skip(channel * Taps).Take(Taps).Sum(weight => Math.Abs((int)weight));

    /// <summary>Whether images are taken on their side, and how many rows at once, so that it costs least.</summary>
    private static (bool OnSide, int Rows) Rows(CContext context, bool inPairs)
    {
        (bool OnSide, int Rows) best = (false, 2);
        long cost = long.MaxValue;
        for (int rows = 2; rows >= (inPairs ? 2 : 1); rows--)
        {
            foreach (bool onSide in context.IsTiled ? [false] : new[] { false, true })
            {
                int across = onSide ? context.MostColumns : context.MostRows, along = onSide ? context.MostRows : context.MostColumns;
                long other = (across + rows - 1) / rows * (long)(along + ColumnsOfStart) * ((CostOfRow * rows) + 1);
                if (other < cost)
                    (cost, best) = (other, (onSide, rows));
            }
        }

        return best;
    }

    /// <summary>Rows or columns of input under some of output.</summary>
    private static int Extent(int results, int stride) => ((results - 1) * stride) + 3;

    /// <summary>Columns of output to compute at once, from so many of input at most: as many for each part of a strip.</summary>
    private static int Chunk(int columns, int stride, int inputs)
    {
        int most = Math.Max(((inputs - 3) / stride) + 1, 1), chunks = (columns + most - 1) / most;
        return (columns + chunks - 1) / chunks;
    }

    /// <summary>Weight <c>kx</c> of row <c>ky</c> of a channel, or the other way round.</summary>
    private static sbyte WeightOf(ConvLayer layer, int channel, int kx, int ky, bool onSide) =>
        layer.Weights[(channel * Taps) + (onSide ? (3 * kx) + ky : (3 * ky) + kx)];

    /// <summary>Nine bytes per channel, column by column.</summary>
    private static byte[] Weights(ConvLayer layer, bool onSide) =>
        [.. Enumerable.Range(0, layer.Weights.Length).Select(i => (byte)WeightOf(layer, i / Taps, i % Taps / 3, i % 3, onSide))];

    /// <summary>A word for each row of a channel's weights, the last one lowest.</summary>
    private static int[] WeightRows(ConvLayer layer, bool onSide)
    {
        var rows = new int[3 * layer.Bias.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int kx = 0; kx < 3; kx++)
                rows[i] = (rows[i] << NarrowField) + WeightOf(layer, i / 3, kx, i % 3, onSide);
        }

        return rows;
    }

    /// <summary>What the fields of a channel start with, so that they stay above zero.</summary>
    private static int OffsetOf(ConvLayer layer, int channel, int maxCode) =>
        maxCode * layer.Weights.Skip(channel * Taps).Take(Taps).Sum(weight => Math.Max(-weight, 0));

    /// <summary>Of every channel: what its sums start with, what completes them, and the multiplier.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="maxCode">Largest code where several sums share a word, else 0.</param>
    private static int[] Outputs(ConvLayer layer, int maxCode)
    {
        var values = new int[3 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int offset = OffsetOf(layer, c, maxCode);
            values[3 * c] = maxCode == 0 ? layer.Bias[c] : offset;
            values[(3 * c) + 1] = layer.Bias[c] - offset;
            values[(3 * c) + 2] = layer.Requantization.Multiplier(c);
        }

        return values;
    }

    /// <summary>The same with constant and multiplier of a <see cref="ThinRequantization"/>; null where a channel has none.</summary>
    private static int[]? ThinOutputs(ConvLayer layer, int maxCode)
    {
        var values = new int[3 * layer.Bias.Length];
        for (int c = 0; c < layer.Bias.Length; c++)
        {
            int offset = OffsetOf(layer, c, maxCode), range = maxCode * Magnitude(layer, c);
            if (ThinRequantization.Of(layer.Requantization, c, layer.Bias[c] - offset, 0, range) is not { } thin)
                return null;

            values[3 * c] = offset;
            values[(3 * c) + 1] = thin.Constant;
            values[(3 * c) + 2] = thin.Multiplier;
        }

        return values;
    }
}
