using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Convolutions without groups of codes that take 8 bits, or 4 under windows of one pixel, with weights of 8 or 4 bits, for cores with the DSP extension:
/// what nano-runtime/native/include/qmcu_dsp_quad.h describes.
/// </summary>
internal static class DspQuadLowering
{
    /// <summary>The file that has the kernel.</summary>
    public const string Header = "qmcu_dsp_quad.h";

    /// <summary>
    /// Most bytes of scratch where the arena has no room to spare: of all, of codes where more would gain little, and of weights that are widened before.
    /// </summary>
    private const int MostScratch = 8704, EnoughCodes = 8 * 1024, MostWeights = 5 * 1024;

    /// <summary>
    /// Groups of four pixels at once: fewer do not pay for the widening of weights of 8 bits, more gain nothing, and the kernel has room for so many.
    /// </summary>
    private const int FewestGroups = 6, EnoughGroups = 8, MostGroups = 64;

    /// <summary>
    /// Instructions of quads and of lanes: per tap and result, per code that is widened, per result and part beyond the first, per weight that is widened
    /// for four results of a group. What decides between them.
    /// </summary>
    private static readonly Costs OfQuads = new(0.375, 2.9, 4.4, 0.44), OfSixes = new(0.375, 2.9, 4.4, 0.6), OfLanes = new(0.3125, 1.3, 2.75, 0.31),
        OfWides = new(0.625, 1.3, 0, 0.3);

    /// <summary>What lanes that lie ready in flash, where they take twice the room, must gain.</summary>
    private const double GainOfReady = 0.9;

    /// <summary>Most shift of a requantization that there is a core for.</summary>
    private const int MostShift = 12;

    /// <summary>How products are made, as the kernel numbers it.</summary>
    private enum Form
    {
        Quads,
        Wide,
        Lanes,
        Sixes,
    }

    /// <summary>When weights are widened: for some groups of pixels, before all, never since they lie ready.</summary>
    private enum Widening
    {
        ByBlock,
        AtOnce,
        Ready,
    }

    /// <returns>Null where the layer does not fit, or another kernel is as good.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        var to = layer.Requantization;
        int full = CContext.FullBits(to), inBits = context.InputBits(0);
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding;
        if (layer.Groups != 1 || layer.Bias.Length == 0 || inBits == 2 || (inBits == 4 && !inPlace) || context.OutputBits == 2
            || to.Shift is < 1 or > MostShift || full == 0 || (full < context.OutputBits && full is not (5 or 6 or 7)))
        {
            return null;
        }

        var y = context.Output.Shape;
        bool flat = inPlace && layer.Window.Strides[0] == 1 && layer.Window.Strides[1] == 1 && !context.IsTiled;
        bool raster = !inPlace && y[2] % 4 != 0 && !context.IsTiled;
        int channels = context.Input(0).Shape[3], rowBytes = layer.Window.Kernel[1] * channels, taps = TapsOf(layer, inBits);
        if ((flat || raster ? y[1] * y[2] : context.LeastColumns) < 4)
            return null;

        var work = new Work(
            flat || raster ? ((y[1] * y[2]) + 3) / 4 : context.MostRows * ((context.MostColumns + 3) / 4), inPlace ? 0 : 4 * taps, context.SpareBytes, context.MostScratch(MostScratch));
        int least = layer.Weights.Min(), most = layer.Weights.Max();
        int largest = Math.Max(most, -least);
        bool isWhole = inPlace || rowBytes % 4 == 0, isNarrow = largest <= QuadWeights.MostOfNibble && isWhole;
        if (isNarrow && inBits == 4 && (context.OutputBits == 4 || (least >= -1 && most <= 1)))
            return null;

        int maxCode = context.Input(0).Quantizer.MaxCode;
        var candidates = isNarrow ? OfNarrow(layer, inBits, maxCode, work) : OfWide(layer, inBits, maxCode, work);
        if (!isNarrow && isWhole && inBits == 8 && largest <= QuadWeights.MostOfSix)
            candidates = candidates.Concat(OfQuad(layer, maxCode, Form.Sixes, work));
        var packed = candidates.OrderBy(candidate => candidate.Cost).FirstOrDefault();
        if (packed is null)
            return null;

        bool nines = packed.Form == Form.Wide && !inPlace && rowBytes == 9 && layer.Window.Kernel[0] == 3;
        int[] literals = [(int)packed.Form, inPlace ? 1 : 0, raster ? 1 : 0, inBits, context.OutputBits, full, to.Shift, nines ? 1 : 0];
        var kernel = new CKernel(
            "conv_dsp_" + packed.Name + CContext.Suffix(literals), Header, "qmcu_dsp_quad_run", "qmcu_dsp_quad",
            "qmcu_view x, qmcu_region y", "x, y, (uint32_t *)(void *)scratch", [.. literals])
        {
            ScratchBytes = packed.ScratchBytes,
        };
        ImmutableArray<CField> conv =
        [
            ("height", context.Input(0).Shape[1]), ("width", context.Input(0).Shape[2]), ("pixel_bytes", CContext.BytesOf(channels, inBits)),
            ("outputs", layer.Bias.Length), ("window", CContext.WindowOf(layer.Window)),
            ("weights", packed.Weights()), ("outputs_of", packed.Outputs()),
            ("padding", layer.HasPadding ? layer.PadCodes : new byte[0]),
            ("steps", taps), ("parts", 1), ("addend", to.Addend),
            ("min", to.Min), ("max", to.Max),
        ];
        ImmutableArray<CField> fields =
        [
            ("conv", new CValue.Group(conv)), ("lane_shift", packed.LaneShift), ("power", packed.Form == Form.Wide ? 1 : 1 << to.PreShift), ("groups", packed.Groups),
            ("widening", (int)packed.Widening),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall(flat)]);
    }

    /// <summary>Codes of whole words.</summary>
    private static int TapsOf(ConvLayer layer, int inBits)
    {
        int inWord = 32 / inBits;
        return checked(((layer.Window.Taps * layer.PadCodes.Length) + inWord - 1) / inWord * inWord);
    }

    private static IEnumerable<Packing> OfWide(ConvLayer layer, int inBits, int maxCode, Work work)
    {
        var lanes = new DspWeights(layer, inBits, maxCode, 0, 4);
        if (lanes.LaneShift != layer.Requantization.PreShift)
            yield break;

        var room = Room.Of(layer, TapsOf(layer, inBits), 4, 2, work);
        if (room.Groups >= (room.AtOnce ? 1 : FewestGroups))
        {
            double cost = OfWides.Of(layer, TapsOf(layer, inBits), 0, room);
            yield return new Packing(Form.Wide, room, room.Widening, cost, lanes.LaneShift, lanes.Packed, lanes.Outputs);
        }
    }

    /// <summary>Fields of sums of 64 bits.</summary>
    private static IEnumerable<Packing> OfQuad(ConvLayer layer, int maxCode, Form form, Work work)
    {
        int taps = TapsOf(layer, 8);
        var room = Room.Of(layer, taps, 8, 4, work);
        if (layer.Requantization.PreShift > 30 || room.Groups == 0)
            yield break;

        var quads = new QuadWeights(layer, maxCode, form == Form.Quads);
        double cost = (form == Form.Quads ? OfQuads : OfSixes).Of(layer, taps, quads.CountParts(), room);
        yield return new Packing(form, room, room.Widening, cost, 0, quads.Packed, quads.Outputs);
    }

    private static IEnumerable<Packing> OfNarrow(ConvLayer layer, int inBits, int maxCode, Work work)
    {
        int preShift = layer.Requantization.PreShift, taps = TapsOf(layer, inBits);
        if (inBits == 8)
        {
            foreach (var quads in OfQuad(layer, maxCode, Form.Quads, work))
                yield return quads;
        }

        var lanes = new LaneWeights(layer, inBits, maxCode);
        if (preShift > LaneWeights.MostPreShift || !lanes.Hold)
            yield break;

        int parts = lanes.Parts.Sum(block => block.Count), shift = LaneWeights.MostPreShift - preShift;
        var half = Room.Of(layer, taps, 4, 4, work);
        double widened = half.Groups == 0 ? double.PositiveInfinity : OfLanes.Of(layer, taps, parts, half);
        if (half.Groups > 0)
            yield return new Packing(Form.Lanes, half, half.Widening, widened, shift, lanes.Packed, lanes.Outputs);

        var codes = Room.Of(layer, taps, 0, 4, work);
        double ready = OfLanes.Of(layer, taps, parts, codes);
        if (codes.Groups > 0 && ready < GainOfReady * widened)
            yield return new Packing(Form.Lanes, codes, Widening.Ready, ready, shift, lanes.Lanes, lanes.Outputs);
    }

    /// <summary>A way to do it.</summary>
    private sealed record Packing(Form Form, Room Room, Widening Widening, double Cost, int LaneShift, Func<byte[]> Weights, Func<int[]> Outputs)
    {
        public string Name => Form switch { Form.Quads => "quad", Form.Wide => "wide", Form.Sixes => "sixes", _ => "lanes" };

        public int Groups => Room.Groups;

        public int ScratchBytes => Room.Bytes;
    }

    /// <param name="Groups">Of four pixels, in all.</param>
    /// <param name="WindowBytes">Of windows of four pixels.</param>
    /// <param name="SpareBytes">Of the arena, which no tensor needs meanwhile.</param>
    /// <param name="MostScratch">Most bytes of scratch where the arena has no such room.</param>
    private sealed record Work(int Groups, int WindowBytes, int SpareBytes, int MostScratch);

    /// <summary>What scratch memory holds.</summary>
    /// <param name="Groups">Of four pixels, at once; 0 where there is no room for one.</param>
    /// <param name="Bytes">In all.</param>
    /// <param name="AtOnce">Whether all weights are widened before.</param>
    /// <param name="IsReady">Whether no weight needs room.</param>
    private sealed record Room(int Groups, int Bytes, bool AtOnce, bool IsReady)
    {
        public Widening Widening => AtOnce ? Widening.AtOnce : Widening.ByBlock;

        /// <param name="layer">The layer.</param>
        /// <param name="taps">Codes under its window, in whole words.</param>
        /// <param name="tapBytes">Of widened weights, for every tap of a block; 0: they lie ready.</param>
        /// <param name="block">Outputs that are computed together.</param>
        /// <param name="work">What there is to do.</param>
        public static Room Of(ConvLayer layer, int taps, int tapBytes, int block, Work work)
        {
            int weights = tapBytes * taps, blocks = (layer.Bias.Length + block - 1) / block;
            bool isReady = tapBytes == 0;
            var atOnce = (long)weights * blocks <= MostWeights ? With(weights * blocks, atOnce: true) : null;
            return atOnce is { Groups: > 0 } ? atOnce : With(weights, isReady);

            Room With(int scratch, bool atOnce)
            {
                int codes = 8 * taps, fixedBytes = work.WindowBytes + scratch;
                int groups = GroupsOf(work.Groups, codes, work.MostScratch - fixedBytes, work.SpareBytes - fixedBytes);
                return new Room(groups, (groups * codes) + fixedBytes, atOnce, isReady);
            }
        }

        /// <summary>
        /// Groups at once: as many as there is room for, up to where more would gain little, or where the arena has room to spare; of equal size.
        /// </summary>
        private static int GroupsOf(int all, int bytes, int room, int spare)
        {
            int most = Math.Min(MostGroups, Math.Max(Math.Min(Math.Max(EnoughGroups, EnoughCodes / bytes), room / bytes), spare / bytes));
            if (most < 1)
                return 0;

            int turns = (all + most - 1) / most;
            return (all + turns - 1) / turns;
        }
    }

    private sealed record Costs(double Tap, double Code, double Part, double Weight)
    {
        /// <summary>Instructions of a result, but for what all have in common.</summary>
        public double Of(ConvLayer layer, int taps, int parts, Room room)
        {
            int blocks = (layer.Bias.Length + 3) / 4;
            double weight = room.IsReady || room.AtOnce ? 0 : Weight / room.Groups;
            return ((Tap + (Code / layer.Bias.Length) + weight) * taps) + (Part * (((double)parts / blocks) - 1));
        }
    }
}
