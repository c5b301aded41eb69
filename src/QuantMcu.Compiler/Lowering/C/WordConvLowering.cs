using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>
/// Convolutions without groups for cores without SIMD: what nano-runtime/native/include/qmcu_word_conv.h and, for a single pixel of output,
/// qmcu_word_dense.h describe.
/// </summary>
internal static class WordConvLowering
{
    private const string Parameters = "qmcu_view x, qmcu_region y";

    private const string Arguments = "x, y, (uint32_t *)(void *)scratch";

    /// <summary>Most bytes of scratch; a layer that needs more is left to the portable kernel.</summary>
    private const int MostScratch = 16 * 1024;

    /// <summary>Outputs that a convolution computes together.</summary>
    private const int Block = 4;

    /// <summary>Parts shorter than this cost more to take apart than a word of more fields saves.</summary>
    private const int FewestSteps = 24;

    /// <summary>The same for two fields of a word instead of three of two words.</summary>
    private const int FewestStepsOfTwo = 24;

    /// <returns>Null where the layer does not fit.</returns>
    public static CStep? Lower(ConvLayer layer, CContext context)
    {
        if (layer.Groups != 1 || layer.Bias.Length == 0 || layer.PadCodes.Length == 0)
            return null;

        return IsDense(context) ? Dense(layer, context) : Conv(layer, context);
    }

    private static bool IsDense(CContext context) => !context.IsTiled && context.Output.Shape[1] * context.Output.Shape[2] == 1;

    private static CStep? Conv(ConvLayer layer, CContext context)
    {
        int inBits = context.InputBits(0), pixelBytes = CContext.BytesOf(layer.PadCodes.Length, inBits);
        int windowWords = checked((layer.Window.Taps * pixelBytes) + 3) / 4;
        var weights = Fitting(layer, context, Block, inBits < 8 ? 4 : 2) ?? Fitting(layer, context, Block, inBits < 8 ? 2 : 3)
            ?? new WordWeights(layer, inBits, context.Input(0).Quantizer.MaxCode, Block, 1);
        bool inPlace = layer.Window.Taps == 1 && !layer.HasPadding
            && ((inBits == 8 && weights.Fields > 1) || (pixelBytes % 4 == 0 && context.IsInputOnWords(0)));
        int form = Form(layer, context), fields = weights.Fields, words = fields == 4 || context.HasFewRegisters ? 2 : 4, scratch;
        while ((scratch = Scratch(words)) > context.MostScratch(MostScratch) && words > (fields == 3 ? 2 : 1))
            words /= 2;

        if (scratch > MostScratch || (fields == 1 && inBits < 8))
            return null;

        var to = layer.Requantization;
        ImmutableArray<int> literals =
        [
            inPlace ? 1 : 0, words, fields, weights.Parts > 1 ? 1 : 0, form, inBits, context.OutputBits, to.PreShift > 0 ? 1 : 0,
            to.Min == 0 ? 1 : 0, layer.Bias.Length % Block == 0 ? 1 : 0,
        ];
        var kernel = new CKernel(
            "conv_word" + CContext.Suffix([.. literals]), "qmcu_word_conv.h", "qmcu_word_conv_run", "qmcu_word_conv", Parameters, Arguments, literals)
        {
            ScratchBytes = scratch,
        };
        return Step(layer, context, kernel, weights, form, acrossOutputs: false);

        int Scratch(int wordsOfStep) => (inPlace ? 0 : 4 * (fields == 3 ? wordsOfStep / 2 : wordsOfStep) * fields * windowWords)
            + (4 * wordsOfStep * windowWords * (fields == 1 ? 1 : 32 / inBits)) + (4 * Levels(form) * wordsOfStep * weights.Parts);
    }

    private static CStep? Dense(ConvLayer layer, CContext context)
    {
        int inBits = context.InputBits(0), pixelBytes = CContext.BytesOf(layer.PadCodes.Length, inBits);
        int windowBytes = checked((layer.Window.Taps * pixelBytes) + 3) / 4 * 4, scratch = windowBytes + (inBits < 8 ? windowBytes * 8 / inBits : 0);
        if (scratch > MostScratch)
            return null;

        var weights = layer.WeightBits switch
        {
            2 => Fitting(layer, context, 16, 4) ?? Fitting(layer, context, 16, 2),
            4 => Fitting(layer, context, 8, 2),
            _ => null,
        };
        int fields = weights?.Fields ?? 1, form = weights is null ? ByteForm(context) : layer.WeightBits;
        weights ??= new WordWeights(layer, inBits, context.Input(0).Quantizer.MaxCode, 8, fields);
        var to = layer.Requantization;
        ImmutableArray<int> literals =
        [
            weights.Block, fields, weights.Parts > 1 ? 1 : 0, form, inBits, context.OutputBits, to.PreShift > 0 ? 1 : 0,
            to.Min == 0 ? 1 : 0,
        ];
        var kernel = new CKernel(
            "dense_word" + CContext.Suffix([.. literals]), "qmcu_word_dense.h", "qmcu_word_dense_run", "qmcu_word_conv", Parameters, Arguments, literals)
        {
            ScratchBytes = scratch,
        };
        return Step(layer, context, kernel, weights, form, acrossOutputs: true);
    }

    private static CStep Step(ConvLayer layer, CContext context, CKernel kernel, WordWeights weights, int form, bool acrossOutputs)
    {
        var x = context.Input(0).Shape;
        var to = layer.Requantization;
        ImmutableArray<CField> fields =
        [
            ("height", x[1]), ("width", x[2]), ("pixel_bytes", CContext.BytesOf(x[3], context.InputBits(0))), ("outputs", layer.Bias.Length),
            ("window", CContext.WindowOf(layer.Window)), ("weights", weights.Packed(form)), ("outputs_of", weights.Outputs(form, acrossOutputs)),
            ("padding", layer.HasPadding ? context.PaddingOf(layer) : new byte[0]),
            ("steps", weights.Steps), ("last_steps", weights.LastSteps), ("parts", weights.Parts),
            ("pre_shift", to.PreShift), ("to", Rounding(to)),
        ];
        string? detail = layer.FullyConnected ? null : StepTitle.Of(layer.Window);
        return new CStep(context.Title(detail), kernel, fields, [context.ImageCall()]);
    }

    /// <summary>What follows the multiplication.</summary>
    internal static CValue Rounding(Requantization to) =>
        new CValue.Group([("addend", to.Addend), ("shift", to.Shift), ("min", to.Min), ("max", to.Max)]);

    /// <summary>Weights for words of several fields, or null where that does not pay.</summary>
    private static WordWeights? Fitting(ConvLayer layer, CContext context, int block, int fields)
    {
        var weights = new WordWeights(layer, context.InputBits(0), context.Input(0).Quantizer.MaxCode, block, fields);
        int fewest = fields == 2 && context.InputBits(0) == 8 && !IsDense(context) ? FewestStepsOfTwo : FewestSteps;
        return weights.Holds && (weights.Parts == 1 || weights.Steps >= fewest) ? weights : null;
    }

    /// <summary>Words of a step that a part takes of the scratch, as qmcu_word_levels.</summary>
    private static int Levels(int form) => form switch { -8 => 0, 8 => 1, 4 => 2, _ => 4 };

    private static int Form(ConvLayer layer, CContext context) => layer.WeightBits < 8 ? layer.WeightBits : ByteForm(context);

    /// <summary>Loads of signed bytes take two instructions on Xtensa.</summary>
    private static int ByteForm(CContext context) => context.HasFewRegisters ? 8 : -8;
}
