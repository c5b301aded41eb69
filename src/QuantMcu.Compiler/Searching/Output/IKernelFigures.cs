using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>What the kernels of a processor cost, in instructions of the emitted C.</summary>
internal interface IKernelFigures
{
    /// <summary>Per multiply-accumulate inside of long sums.</summary>
    double InnerTap { get; }

    /// <summary>Whether codes that leave bits of their byte unused may cost less than others.</summary>
    bool GainsBySmallCodes { get; }

    /// <summary>Instructions of a convolution.</summary>
    /// <param name="layer">Its kind and its depth count, not its own bits.</param>
    /// <param name="macs">Its multiply-accumulates.</param>
    /// <param name="activationBits">Bits of its input.</param>
    /// <param name="weightBits">Bits of its weights.</param>
    double Of(ConvLayer layer, long macs, int activationBits, int weightBits);
}
