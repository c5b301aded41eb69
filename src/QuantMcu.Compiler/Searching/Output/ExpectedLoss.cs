using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// The top-1 accuracy that a classifier is expected to lose by quantization, estimated without labels. Where another class overtakes the best one,
/// the float network's own probabilities say what that costs: p(best) - p(other). Few samples show such a change, so its chance is taken from the noise:
/// with errors of the difference of two scores that are normal, of the variance seen over all samples, a class whose score is m lower overtakes with probability
/// Phi(-m / sigma).
/// <code>loss = mean over samples of the sum over runners-up of (p(best) - p(other)) * Phi(-m / sigma)</code>
/// </summary>
internal sealed class ExpectedLoss
{
    // Classes behind the best one that may overtake it; of the others hardly any ever does.
    private const int RunnersUp = 4;

    private readonly bool isProbability;
    private readonly List<(double Margin, double Worth)> pairs = new();
    private double squares;
    private int changes;
    private int samples;

    /// <param name="isProbability">Whether the outputs are probabilities rather than their logarithms, up to a constant.</param>
    public ExpectedLoss(bool isProbability) => this.isProbability = isProbability;

    /// <summary>0 .. 1.</summary>
    public double Value
    {
        get
        {
            double deviation = Math.Sqrt(squares / Math.Max(1, changes));
            return deviation > 0 ? pairs.Sum(pair => pair.Worth * BelowNormal(-pair.Margin / deviation)) / samples : 0;
        }
    }

    /// <summary>Adds a sample of both networks.</summary>
    /// <param name="reference">The float network's output.</param>
    /// <param name="actual">The quantized network's.</param>
    public void Add(double[] reference, double[] actual)
    {
        double[] scores = Scores(reference), found = Scores(actual);
        foreach (var (best, other, margin) in AddMargins(scores))
        {
            double change = found[best] - found[other] - margin;
            squares += change * change;
            changes++;
        }
    }

    /// <summary>Adds a sample of the float network alone: it tells how close classes are.</summary>
    /// <param name="reference">Its output.</param>
    public void Add(double[] reference) => AddMargins(Scores(reference));

    private List<(int Best, int Other, double Margin)> AddMargins(double[] scores)
    {
        double top = scores.Max(), sum = scores.Sum(score => Math.Exp(score - top));
        int best = Array.IndexOf(scores, top);
        var runnersUp = Enumerable.Range(0, scores.Length).Where(i => i != best).OrderByDescending(i => scores[i]).Take(RunnersUp)
            .Select(other => (best, other, top - scores[other])).ToList();
        pairs.AddRange(runnersUp.Select(pair => (pair.Item3, (1 - Math.Exp(-pair.Item3)) / sum)));
        samples++;
        return runnersUp;
    }

    private double[] Scores(double[] outputs) =>
        isProbability ? Array.ConvertAll(outputs, probability => Math.Log(Math.Max(probability, 1e-6))) : outputs;

    /// <summary>The normal distribution function of a value that is not positive; Abramowitz and Stegun 26.2.17, within 1e-7.</summary>
    private static double BelowNormal(double x)
    {
        double t = 1 / (1 - (0.2316419 * x));
        double polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }
}
