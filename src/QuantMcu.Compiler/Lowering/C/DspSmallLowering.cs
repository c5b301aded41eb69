using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Convolutions without groups in little code, for cores with the DSP extension: what nano-runtime/native/include/qmcu_dsp_small.h describes.</summary>
internal static class DspSmallLowering
{
    private const string Header = "qmcu_dsp_small.h";

    /// <summary>Most bytes of scratch.</summary>
    private const int MostScratch = 16 * 1024;

    /// <summary>Bytes of a lane, and bits of it that codes may fill.</summary>
    private const int LaneBytes = 2, LaneBits = 15;

    /// <summary>Steps of which a dense layer has a multiple.</summary>
    private const int DenseSteps = 4;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        if (layer.Groups != 1 || layer.Bias.Length == 0)
            return null;

        Shape x = context.Input(0).Shape, y = context.Output.Shape;
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding, dense = y[1] * y[2] == 1;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        bool raster = !inPlace && y[2] % 4 != 0 && !context.IsTiled;
        int inBits = context.InputBits(0), pixelBytes = CContext.BytesOf(x[3], inBits), pixels = dense ? 1 : 4;
        int maxCode = context.Input(0).Quantizer.MaxCode, windowBytes = checked(layer.Window.Taps * pixelBytes);
        if ((long)windowBytes * 8 / inBits * LaneBytes * pixels > MostScratch)
            return null;

        var shifts = Shifts.Of(layer, inBits, maxCode, dense);
        bool hasFields = shifts.WeightBits == FieldWeights.Bits && !dense;
        var packing = hasFields ? OfFields(layer, inBits, maxCode) : OfLanes(layer, inBits, dense, shifts);
        int windows = inPlace && windowBytes % 4 == 0 ? 0 : pixels * ((windowBytes + 3) / 4 * 4);
        bool direct = dense || (context.OutputBits == 8 && layer.Bias.Length % 2 == 0 && (flat || raster ? y[1] * y[2] : context.LeastColumns) >= pixels);
        int scratch = checked((4 * pixels * packing.LaneWords) + windows + (direct ? 0 : pixels * ((layer.Bias.Length + 1) / 2 * 2)));
        if (scratch > MostScratch)
            return null;

        var kernel = new CKernel(
            (dense ? "dense" : "conv") + "_small" + CContext.Suffix(shifts.WeightBits), Header,
            dense ? "qmcu_dsp_small_dense_run" : "qmcu_dsp_small_conv_run", "qmcu_dsp_small_conv",
            "qmcu_view x, qmcu_region y", "x, y, (uint32_t *)(void *)scratch", [shifts.WeightBits])
        {
            ScratchBytes = scratch,
        };
        var to = layer.Requantization;
        ImmutableArray<CField> conv =
        [
            ("height", x[1]), ("width", x[2]), ("pixel_bytes", pixelBytes), ("outputs", layer.Bias.Length),
            ("window", CContext.WindowOf(layer.Window)), ("weights", packing.Weights), ("outputs_of", packing.Outputs),
            ("padding", layer.HasPadding ? context.PaddingOf(layer) : new byte[0]), ("steps", packing.Steps), ("parts", packing.Parts),
            ("addend", to.Addend << shifts.More), ("min", to.Min), ("max", to.Max),
        ];
        ImmutableArray<CField> fields =
        [
            ("conv", new CValue.Group(conv)), ("in_place", inPlace), ("raster", raster), ("in_bits", inBits),
            ("out_bits", context.OutputBits), ("lane_shift", shifts.Lane), ("sum_shift", shifts.Sum),
            ("shift", to.Shift + shifts.More),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat && !dense)]);
    }

    /// <summary>Weights of 4 bits for four pixels: four products a multiplication.</summary>
    private static Packing OfFields(ConvLayer layer, int inBits, int maxCode)
    {
        var fields = new FieldWeights(layer, inBits, maxCode);
        return new Packing(fields.Packed(), fields.Outputs(), fields.Steps, fields.Parts, fields.LaneWords);
    }

    /// <summary>Weights of lanes of 16 bits: two products a multiplication.</summary>
    private static Packing OfLanes(ConvLayer layer, int inBits, bool dense, Shifts shifts)
    {
        byte[] bytes = new DspWeights(layer, inBits, 0, 0, 4).Packed();
        int outputs = (layer.Bias.Length + 1) / 2 * 2, filled = bytes.Length / (2 * outputs);
        int unit = dense ? DenseSteps : 8 / shifts.WeightBits, steps = (filled + unit - 1) / unit * unit;
        byte[] weights = Packed(bytes, filled, steps, shifts.WeightBits);
        return new Packing(weights, Outputs(layer, outputs, shifts.Lane + 8 - shifts.WeightBits), steps, 1, steps);
    }

    /// <summary>Words of 8-bit weights into words of fewer bits, more steps in each; the first in the highest bits of every byte.</summary>
    /// <param name="bytes">Per two outputs and step four weights.</param>
    /// <param name="filled">Steps there are.</param>
    /// <param name="steps">Steps there are to be.</param>
    /// <param name="bits">Of a weight.</param>
    private static byte[] Packed(byte[] bytes, int filled, int steps, int bits)
    {
        int pairs = bytes.Length / (4 * filled), together = 8 / bits;
        var packed = new byte[checked(4 * pairs * steps / together)];
        for (int i = 0; i < bytes.Length; i++)
        {
            int step = (i / 4 % filled) + (i / (4 * filled) * steps);
            packed[(step / together * 4) + (i % 4)] |= (byte)((bytes[i] & ((1 << bits) - 1)) << (8 - (bits * ((step % together) + 1))));
        }

        return packed;
    }

    /// <summary>Bias and multiplier of every output.</summary>
    private static int[] Outputs(ConvLayer layer, int outputs, int shift)
    {
        var values = new int[2 * outputs];
        for (int m = 0; m < layer.Bias.Length; m++)
        {
            values[2 * m] = unchecked(layer.Bias[m] << shift);
            values[(2 * m) + 1] = layer.Requantization.Multiplier(m);
        }

        return values;
    }

    /// <param name="Weights">As the kernel takes them.</param>
    /// <param name="Outputs">Bias and multiplier of every output.</param>
    /// <param name="Steps">Of a part.</param>
    /// <param name="Parts">After which fields are taken apart.</param>
    /// <param name="LaneWords">Of widened codes, of each pixel.</param>
    private sealed record Packing(byte[] Weights, int[] Outputs, int Steps, int Parts, int LaneWords);

    /// <summary>
    /// Where the shift before the requantization is made. Weights of 4 and 2 bits lie in the highest bits of a byte, which shifts them by 4 and 6; codes get
    /// what is missing, as far as lanes have room, and sums the rest. Where weights are shifted too far, the shift after the requantization makes up for
    /// it: sum, addend and divisor all grow by the same power of two, which changes no code. Sums of fields get all of it.
    /// </summary>
    /// <param name="WeightBits">Bits of a weight as it is stored: 8, 4 or 2.</param>
    /// <param name="Lane">Shift of codes.</param>
    /// <param name="Sum">Shift of sums.</param>
    /// <param name="More">What the shift after the requantization has more.</param>
    private readonly record struct Shifts(int WeightBits, int Lane, int Sum, int More)
    {
        public static Shifts Of(ConvLayer layer, int inBits, int maxCode, bool dense)
        {
            int least = layer.Weights.Min(), most = layer.Weights.Max();
            int bits = least >= -2 && most <= 1 ? 2 : least >= -8 && most <= 7 ? 4 : 8;
            for (; bits < 8; bits *= 2)
            {
                if (bits == FieldWeights.Bits && !dense)
                    return new Shifts(bits, 0, layer.Requantization.PreShift, 0);
                if (Stored(layer, inBits, bits) is var shifts && shifts.Hold(layer, maxCode))
                    return shifts;
            }

            return Stored(layer, inBits, 8);
        }

        private static Shifts Stored(ConvLayer layer, int inBits, int weightBits)
        {
            int before = layer.Requantization.PreShift, weights = 8 - weightBits;
            int lane = Math.Min(Math.Max(before - weights, 0), LaneBits - inBits);
            return new Shifts(weightBits, lane, Math.Max(before - weights - lane, 0), Math.Max(weights - before, 0));
        }

        /// <summary>Whether sums and addend have room for what they are shifted more.</summary>
        private bool Hold(ConvLayer layer, int maxCode)
        {
            var to = layer.Requantization;
            if (More == 0)
                return true;
            if (to.Shift + More > 31 || Math.Abs((long)to.Addend) << More >= 1 << 30)
                return false;

            int length = layer.Weights.Length / layer.Bias.Length;
            for (int m = 0; m < layer.Bias.Length; m++)
            {
                long sum = Math.Abs((long)layer.Bias[m]);
                for (int k = 0; k < length; k++)
                    sum += maxCode * Math.Abs((int)layer.Weights[(m * length) + k]);

                if (sum << (to.PreShift + More) > int.MaxValue)
                    return false;
            }

            return true;
        }
    }
}
