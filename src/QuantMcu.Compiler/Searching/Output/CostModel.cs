using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// What a multiply-accumulate costs, by kind of kernel and by bits. For named processors: instructions of the emitted C, fitted to counts of real networks on
/// emulated cores. For <see cref="Target.Generic"/>, of which nothing is known: BitOPs, in 8-bit multiply-accumulates (bits times bits over 64).
/// </summary>
internal sealed class CostModel
{
    private readonly IKernelFigures? figures;

    private CostModel(IKernelFigures? figures) => this.figures = figures;

    /// <summary>What the numbers are.</summary>
    public string Unit => figures is null ? "8-bit multiply-accumulates by BitOPs" : "instructions";

    /// <summary>Whether codes that leave bits of their byte unused may cost less than others.</summary>
    public bool GainsBySmallCodes => figures?.GainsBySmallCodes == true;

    public static CostModel For(Target target) => new(target switch
    {
        Target.CortexM4 or Target.CortexM7 or Target.CortexM33 => DspFigures.Measured,
        Target.CortexM55 => new MveFigures(),
        Target.Esp32C3 or Target.Esp32C6 or Target.Esp32P4 => WordFigures.RiscV,
        Target.Esp32 or Target.Esp32S3 => WordFigures.Xtensa,
        _ => null,
    });

    /// <summary>Cost of what tiles take beside multiply-accumulates; none where nothing is known of the processor.</summary>
    /// <param name="macs">In multiply-accumulates.</param>
    public double OfTiles(long macs) => macs * (figures?.InnerTap ?? 0);

    /// <summary>Cost of a convolution.</summary>
    /// <param name="layer">Its kind and its depth count, not its own bits.</param>
    /// <param name="macs">Its multiply-accumulates.</param>
    /// <param name="activationBits">Bits of its input.</param>
    /// <param name="weightBits">Bits of its weights.</param>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits) =>
        figures?.Of(layer, macs, activationBits, weightBits) ?? (macs * activationBits * weightBits / 64.0);
}
