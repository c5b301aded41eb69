using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// What a multiply-accumulate costs, by kind of kernel and by bits. For Cortex-M: instructions of the emitted C, fitted to counts of real networks on an
/// emulated core. For other named processors: the same, from counts of single layers. For <see cref="Target.Generic"/>, of which nothing is known: BitOPs,
/// in 8-bit multiply-accumulates (bits times bits over 64).
/// </summary>
internal sealed class CostModel
{
    // Input channels (times taps) of the pointwise measurements.
    private static readonly double[] Depths = { 8, 16, 64, 256 };

    private readonly Figures? figures;
    private readonly DspFigures? dsp;

    private CostModel(Figures? figures, DspFigures? dsp = null)
    {
        this.figures = figures;
        this.dsp = dsp;
    }

    /// <summary>What the numbers are.</summary>
    public string Unit => figures is null && dsp is null ? "8-bit multiply-accumulates by BitOPs" : "instructions";

    /// <summary>Whether codes that leave bits of their byte unused may cost less than others.</summary>
    public bool GainsBySmallCodes => dsp is not null;

    public static CostModel For(Target target) => IsDsp(target) ? new CostModel(null, DspFigures.Measured) : new CostModel(target switch
    {
        // rv32imc, emitted C: pointwise with 128 outputs and 8, 16, 64 and 256 inputs; mixes and depthwise from tests/Native/counts (layers a and b); k x k
        // from resnet8_cifar10.
        Target.Esp32C3 or Target.Esp32C6 or Target.Esp32P4 => new Figures(
            new[] { 3.93, 2.83, 2.01, 1.81 }, new[] { 3.19, 2.29, 1.62, 1.45 }, 1.64 / 1.62, 1.62 / 2.04, 1.76 / 2.04, 4.12, 4.28 / 4.12, 2.1),

        // Xtensa lx106, the same; k x k: layer c.
        Target.Esp32 or Target.Esp32S3 => new Figures(
            new[] { 7.17, 4.59, 2.65, 2.17 }, new[] { 6.36, 4.21, 2.60, 2.20 }, 2.37 / 2.60, 2.62 / 2.66, 2.74 / 2.66, 8.22, 7.90 / 8.22, 4.33),
        _ => null,
    });

    /// <summary>Cost of what tiles take beside multiply-accumulates; none where nothing is known of the processor.</summary>
    /// <param name="macs">In multiply-accumulates.</param>
    public double OfTiles(long macs) => macs * (dsp?.Wide.Tap ?? figures?.Pointwise8[2] ?? 0);

    private static bool IsDsp(Target target) => target is Target.CortexM4 or Target.CortexM7 or Target.CortexM33 or Target.CortexM55;

    /// <summary>Cost of a convolution.</summary>
    /// <param name="layer">Its kind and its depth count, not its own bits.</param>
    /// <param name="macs">Its multiply-accumulates.</param>
    /// <param name="activationBits">Bits of its input.</param>
    /// <param name="weightBits">Bits of its weights.</param>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits) =>
        dsp?.Of(layer, macs, activationBits, weightBits) ?? (macs * PerMac(layer, activationBits, weightBits));

    private double PerMac(ConvLayer layer, int activationBits, int weightBits)
    {
        if (figures is null)
            return activationBits * weightBits / 64.0;
        if (layer.IsDepthwise)
            return figures.Depthwise * (activationBits < 8 || weightBits < 8 ? figures.DepthwiseBelow8 : 1);

        int depth = layer.Window.Taps * layer.PadCodes.Length / layer.Groups;
        double eight = Interpolate(figures.Pointwise8, depth);
        double relative = Relative(figures, depth, activationBits, weightBits);
        return layer.Window.Taps > 1 ? figures.Spatial * relative : eight * relative;
    }

    /// <summary>Cost against 8-bit activations and weights.</summary>
    private static double Relative(Figures figures, int depth, int activationBits, int weightBits)
    {
        if (activationBits == 8)
            return weightBits == 8 ? 1 : figures.FewBitWeights;
        if (weightBits == 8)
            return figures.FewBitActivations;

        // 2-bit activations are 4-bit codes to a kernel for 4-bit weights.
        double four = Interpolate(figures.Pointwise4, depth) / Interpolate(figures.Pointwise8, depth);
        return weightBits == 4 ? four : four * figures.TwoBitWeights;
    }

    /// <summary>Between measured depths linear in the logarithm; outside, the nearest.</summary>
    private static double Interpolate(double[] values, double depth)
    {
        if (depth <= Depths[0])
            return values[0];

        for (int i = 1; i < Depths.Length; i++)
        {
            if (depth > Depths[i])
                continue;

            double share = Math.Log(depth / Depths[i - 1]) / Math.Log(Depths[i] / Depths[i - 1]);
            return values[i - 1] + (share * (values[i] - values[i - 1]));
        }

        return values[values.Length - 1];
    }

    /// <param name="Pointwise8">8-bit activations and weights, by depth; dense layers and k x k ones below 8 bits are taken to follow them.</param>
    /// <param name="Pointwise4">4-bit activations and weights, by depth.</param>
    /// <param name="TwoBitWeights">Factor from 4-bit to 2-bit weights, activations below 8 bits.</param>
    /// <param name="FewBitWeights">Factor of weights below 8 bits under 8-bit activations.</param>
    /// <param name="FewBitActivations">Factor of activations below 8 bits under 8-bit weights.</param>
    /// <param name="Depthwise">8-bit depthwise.</param>
    /// <param name="DepthwiseBelow8">Factor of a depthwise layer with anything below 8 bits.</param>
    /// <param name="Spatial">8-bit k x k.</param>
    private sealed record Figures(
        double[] Pointwise8,
        double[] Pointwise4,
        double TwoBitWeights,
        double FewBitWeights,
        double FewBitActivations,
        double Depthwise,
        double DepthwiseBelow8,
        double Spatial);
}
