using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// What a multiply-accumulate costs, by kind of kernel and by bits. For named processors: instructions of the emitted C, fitted to counts of real networks on
/// emulated cores. For <see cref="Target.Generic"/>, of which nothing is known: BitOPs, in 8-bit multiply-accumulates (bits times bits over 64).
/// </summary>
internal sealed class CostModel
{
    private readonly DspFigures? dsp;
    private readonly WordFigures? word;
    private readonly bool hasHelium;

    private CostModel(DspFigures? dsp, WordFigures? word, bool hasHelium = false)
    {
        this.dsp = dsp;
        this.word = word;
        this.hasHelium = hasHelium;
    }

    /// <summary>What the numbers are.</summary>
    public string Unit => GainsBySmallCodes || hasHelium ? "instructions" : "8-bit multiply-accumulates by BitOPs";

    /// <summary>Whether codes that leave bits of their byte unused may cost less than others.</summary>
    public bool GainsBySmallCodes => dsp is not null || word is not null;

    public static CostModel For(Target target) => target switch
    {
        Target.CortexM4 or Target.CortexM7 or Target.CortexM33 => new CostModel(DspFigures.Measured, null),
        Target.CortexM55 => new CostModel(null, null, hasHelium: true),
        Target.Esp32C3 or Target.Esp32C6 or Target.Esp32P4 => new CostModel(null, WordFigures.RiscV),
        Target.Esp32 or Target.Esp32S3 => new CostModel(null, WordFigures.Xtensa),
        _ => new CostModel(null, null),
    };

    /// <summary>Cost of what tiles take beside multiply-accumulates; none where nothing is known of the processor.</summary>
    /// <param name="macs">In multiply-accumulates.</param>
    public double OfTiles(long macs) => macs * (hasHelium ? MveFigures.Tap : dsp?.Wide.Tap ?? word?.Triples.Tap ?? 0);

    /// <summary>Cost of a convolution.</summary>
    /// <param name="layer">Its kind and its depth count, not its own bits.</param>
    /// <param name="macs">Its multiply-accumulates.</param>
    /// <param name="activationBits">Bits of its input.</param>
    /// <param name="weightBits">Bits of its weights.</param>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits) => hasHelium
        ? MveFigures.Of(layer, macs, activationBits, weightBits)
        : dsp?.Of(layer, macs, activationBits, weightBits) ?? word?.Of(layer, macs, activationBits, weightBits) ?? (macs * activationBits * weightBits / 64.0);
}
