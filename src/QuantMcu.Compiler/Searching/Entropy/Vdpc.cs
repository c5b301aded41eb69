using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>
/// VDPC, value-driven patch classification (QuantMCU, arXiv 2401.13714): a tile with values outside the central mass phi of a Gaussian, fitted to the
/// classified tensor over the calibration set, is an outlier patch; its branch keeps 8 bits.
/// </summary>
internal static class Vdpc
{
    /// <summary>Chosen on data: docs/search.md has the curve.</summary>
    public const double DefaultPhi = 0.9999;

    public const double DefaultVote = 0.5;

    /// <summary>Static classification.</summary>
    /// <param name="tensor">Name of the classified tensor.</param>
    /// <param name="fit">Its Gaussian.</param>
    /// <param name="phi">Central mass.</param>
    /// <param name="vote">A tile is an outlier patch if more than this share of samples have an outlier in it.</param>
    /// <param name="extremes">Smallest and largest value by sample and tile.</param>
    public static VdpcReport Classify(string tensor, Gaussian fit, double phi, double vote, (float Min, float Max)[][] extremes)
    {
        var (low, high) = fit.Central(phi);
        int tiles = extremes.Length == 0 ? 0 : extremes[0].Length;
        var shares = Enumerable.Range(0, tiles)
            .Select(tile => extremes.Count(sample => sample[tile].Min < low || sample[tile].Max > high) / (double)extremes.Length).ToImmutableArray();
        return new VdpcReport(
            tensor, fit.Mean, fit.Deviation, phi, low, high, vote, shares, shares.Select(share => share > vote).ToImmutableArray());
    }

    /// <summary>The same thresholds as codes of the network's input, for classification at run time.</summary>
    /// <param name="report">Of the input.</param>
    /// <param name="input">Index of the input.</param>
    /// <param name="quantizer">Of the input's tensor.</param>
    public static PatchClassifier Classifier(VdpcReport report, int input, Quantizer quantizer)
    {
        double low = Math.Ceiling((report.Low / quantizer.Scale) + quantizer.ZeroPoint);
        double high = Math.Floor((report.High / quantizer.Scale) + quantizer.ZeroPoint);
        return new PatchClassifier(input, (int)Math.Max(0, Math.Min(256, low)), (int)Math.Max(-1, Math.Min(quantizer.MaxCode, high)));
    }
}
