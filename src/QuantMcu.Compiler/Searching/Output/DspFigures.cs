using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Instructions of the emitted C on cores with the DSP extension. A convolution reads its codes once for all outputs, runs through its taps, and finishes
/// every result: so a multiply-accumulate costs <c>Code / outputs + Tap + Result / taps</c>. The figures are a least-squares fit to the layers of real networks;
/// <c>dotnet run --project tests/Benchmarks -- native mixed</c> prints how far they are off.
/// </summary>
/// <param name="Wide">Weights of 8 bits.</param>
/// <param name="Quads">Codes of 5 to 8 bits, weights of fewer: four products an instruction.</param>
/// <param name="Pairs">Codes of fewer bits than 8, weights of 4: two outputs in a lane.</param>
/// <param name="Crumbs">The same, weights of 2 bits.</param>
/// <param name="Depthwise">Depthwise 3x3, stride 1: instructions per channel and per result.</param>
/// <param name="StridedDepthwise">The same, larger strides.</param>
/// <param name="Portable">What has no kernel of its own, per multiply-accumulate: depthwise of other sizes, convolutions in groups.</param>
internal sealed record DspFigures(
    DspFigures.Form Wide,
    DspFigures.Form Quads,
    DspFigures.Form Pairs,
    DspFigures.Form Crumbs,
    (double Channel, double Result) Depthwise,
    (double Channel, double Result) StridedDepthwise,
    double Portable) : IKernelFigures
{
    public static readonly DspFigures Measured = new(
        Wide: new Form(1.59, 0.78, 4.48), Quads: new Form(1.72, 0.47, 6.67, 5.0), Pairs: new Form(1.34, 0.385, 6.9), Crumbs: new Form(1.94, 0.55, 8.85),
        Depthwise: (140, 13.9), StridedDepthwise: (130, 23.4), Portable: 8);

    // Sums that a field of the quads holds with weights of 4 bits, and with more; what a weight is in the mean, of the largest that its bits hold, where of four
    // outputs the largest sum decides.
    private const double NarrowField = 16384, Field = 8192, MeanWeight = 0.386;

    /// <inheritdoc/>
    public double InnerTap => Wide.Tap;

    /// <inheritdoc/>
    public bool GainsBySmallCodes => true;

    /// <inheritdoc/>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits)
    {
        int taps = layer.Window.Taps, depth = taps * layer.PadCodes.Length / layer.Groups;
        if (layer.IsDepthwise && taps == 9 && layer.Window.Strides[0] <= 2)
        {
            var (channel, result) = layer.Window.Strides[0] == 1 ? Depthwise : StridedDepthwise;
            return (channel * layer.Bias.Length) + (result * macs / taps);
        }

        if (layer.Groups > 1)
            return Portable * macs;

        bool isQuad = taps == 1 || layer.Window.Kernel[1] * layer.PadCodes.Length % 4 == 0;
        var form = activationBits > 4 ? (weightBits < 8 && isQuad ? Quads : Wide) : weightBits > 4 ? Wide : weightBits == 4 ? Pairs : Crumbs;
        double weight = MeanWeight * ((1 << (weightBits - 1)) - 1), field = weightBits > 4 ? Field : NarrowField;
        double parts = Math.Ceiling(depth * weight * ((1 << activationBits) - 1) / field);
        return macs * ((form.Code / layer.Bias.Length) + form.Tap + ((form.Result + (form.Part * (parts - 1))) / depth));
    }

    /// <summary>A kind of kernel.</summary>
    /// <param name="Code">Instructions per code of a window.</param>
    /// <param name="Tap">Per multiply-accumulate.</param>
    /// <param name="Result">Per result.</param>
    /// <param name="Part">Per result and part of its taps beyond the first: fields of sums are taken apart after each.</param>
    internal sealed record Form(double Code, double Tap, double Result, double Part = 0);
}
