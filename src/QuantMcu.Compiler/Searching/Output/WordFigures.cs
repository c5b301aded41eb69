using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Instructions of the emitted C on cores without SIMD, where several sums share a word. A multiply-accumulate of a convolution costs
/// <c>Code / outputs + Tap + Result / taps</c>, and more where fields of sums have to be taken apart on the way. The figures are a least-squares fit to the
/// layers of real networks at several bits (<c>native steps NETWORK CORE 8/8 6/4 ...</c>); <c>native mixed</c> prints how far they are off.
/// </summary>
/// <param name="Triples">Codes of 5 to 8 bits, weights of 8: three fields of 21 bits in two words.</param>
/// <param name="Pairs">Codes of 5 to 8 bits, weights of fewer, or of 8 in short sums of small codes: two fields of 16 bits in a word.</param>
/// <param name="PackedPairs">The same, codes of 4 or 2 bits.</param>
/// <param name="Quads">Codes and weights of 2 bits, codes of 2 and weights of 4: four fields of 8 bits.</param>
/// <param name="Dense">A single pixel of output, per multiply-accumulate: weights of 8 bits, and of fewer.</param>
/// <param name="Depthwise">Depthwise 3x3, stride 1.</param>
/// <param name="StridedDepthwise">The same, larger strides.</param>
/// <param name="Portable">What has no kernel of its own, per multiply-accumulate: depthwise of other sizes, convolutions in groups.</param>
internal sealed record WordFigures(
    WordFigures.Form Triples,
    WordFigures.Form Pairs,
    WordFigures.Form PackedPairs,
    WordFigures.Form Quads,
    (double Eight, double Fewer) Dense,
    WordFigures.Depthwise3 Depthwise,
    WordFigures.Depthwise3 StridedDepthwise,
    double Portable) : IKernelFigures
{
    /// <summary>rv32imc.</summary>
    public static readonly WordFigures RiscV = new(
        Triples: new Form(4.8, 1.80, 18.6, 20.8), Pairs: new Form(7.4, 1.243, 17.7, 9.4), PackedPairs: new Form(4.6, 1.266, 16.8, 9.3),
        Quads: new Form(4.0, 0.73, 16.3, 9.3), Dense: (5.0, 4.2),
        Depthwise: new Depthwise3(new Channels(242, 33.6), new Channels(180, 31.5), new Channels(128, 28.2), new Channels(142, 23)),
        StridedDepthwise: new Depthwise3(new Channels(179, 45.6), new Channels(168, 41.6), new Channels(121, 37.1), new Channels(121, 37.1)), Portable: 12);

    /// <summary>Xtensa lx106.</summary>
    public static readonly WordFigures Xtensa = new(
        Triples: new Form(7.2, 2.1, 56.9, 39), Pairs: new Form(9.7, 1.446, 47.4, 21.9), PackedPairs: new Form(10.8, 1.47, 46, 38),
        Quads: new Form(10, 0.97, 39.5, 40), Dense: (5.6, 4.6),
        Depthwise: new Depthwise3(new Channels(315, 60.6), new Channels(300, 58.5), new Channels(404, 45.2), new Channels(277, 24.9)),
        StridedDepthwise: new Depthwise3(new Channels(182, 69.8), new Channels(173, 65.4), new Channels(277, 49.4), new Channels(277, 49.4)), Portable: 16);

    // What weights are in the mean of the output whose sum is largest, since that decides for all: of 8 and 2 bits, and of others as a share of the largest.
    private const double MeanOfEight = 50, MeanOfTwo = 0.6, MeanShare = 0.457;

    /// <summary>Sums below this share a word by threes.</summary>
    private const int NarrowField = 1 << 10;

    /// <inheritdoc/>
    public double InnerTap => Triples.Tap;

    /// <inheritdoc/>
    public bool GainsBySmallCodes => true;

    /// <inheritdoc/>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits)
    {
        int taps = layer.Window.Taps, depth = taps * layer.PadCodes.Length / layer.Groups, stride = layer.Window.Strides[0];
        double mean = weightBits == 8 ? MeanOfEight : weightBits == 2 ? MeanOfTwo : MeanShare * ((1 << (weightBits - 1)) - 1);
        double largest = depth * mean * ((1 << activationBits) - 1);
        if (layer.IsDepthwise && taps == 9 && stride <= 2)
        {
            var kernels = stride == 1 ? Depthwise : StridedDepthwise;
            var (channel, result) = activationBits <= 4
                ? largest < NarrowField ? kernels.Narrow : kernels.Packed
                : weightBits < 8 || activationBits < 7 ? kernels.Two : kernels.One;
            return (channel * layer.Bias.Length) + (result * macs / taps);
        }

        if (layer.Groups > 1)
            return Portable * macs;
        if (macs <= (long)depth * layer.Bias.Length)
            return macs * (weightBits > 4 ? Dense.Eight : Dense.Fewer);

        bool isQuad = activationBits == 2 && weightBits <= 4;
        var form = isQuad ? Quads : activationBits <= 4 ? PackedPairs : weightBits < 8 || largest <= ushort.MaxValue ? Pairs : Triples;
        double parts = Math.Ceiling(largest / (isQuad ? 1 << 8 : form == Triples ? 1 << 21 : 1 << 16));
        return macs * ((form.Code / layer.Bias.Length) + form.Tap + ((form.Result + (form.Part * (parts - 1))) / depth));
    }

    /// <summary>A kind of kernel.</summary>
    /// <param name="Code">Instructions per code of a window.</param>
    /// <param name="Tap">Per multiply-accumulate.</param>
    /// <param name="Result">Per result.</param>
    /// <param name="Part">Per result and part of its taps beyond the first.</param>
    internal sealed record Form(double Code, double Tap, double Result, double Part);

    /// <summary>A kind of depthwise kernel.</summary>
    /// <param name="Channel">Instructions per channel.</param>
    /// <param name="Result">Per result.</param>
    internal sealed record Channels(double Channel, double Result);

    /// <summary>Depthwise kernels of a stride.</summary>
    /// <param name="One">A sum in a word.</param>
    /// <param name="Two">Two sums in a word, codes in bytes.</param>
    /// <param name="Packed">The same, codes of 4 or 2 bits.</param>
    /// <param name="Narrow">The same, where weights are narrow, too: with stride 1 three sums in a word.</param>
    internal sealed record Depthwise3(Channels One, Channels Two, Channels Packed, Channels Narrow);
}
