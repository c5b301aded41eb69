using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// How far a network's outputs are from the float network's, for one sample. Of class scores, the Kullback-Leibler divergence of the probabilities at
/// a temperature equal to the standard deviation of the float scores; of anything else, the squared error relative to the energy of the float outputs.
/// </summary>
/// <remarks>
/// Without the temperature the divergence of a confident classifier is almost nothing until a class flips and then explodes, so that damages of single
/// choices say little about many at once; softened, it is quadratic in small errors, and damages of independent choices add up.
/// </remarks>
internal sealed class OutputDivergence
{
    private readonly bool isClassifier;
    private readonly bool isProbability;

    public OutputDivergence(NetworkGraph graph)
    {
        var shape = graph.Outputs[0].Shape;
        var producer = graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(graph.Outputs[0]))?.Operator;
        isClassifier = graph.Outputs.Length == 1 && shape.Rank > 0 && shape[shape.Rank - 1] == shape.Elements && shape.Elements > 1
            && producer is not ArgMax;
        isProbability = producer is Softmax { Log: false };
    }

    /// <summary>What the number is, for reports.</summary>
    public string Unit => isClassifier ? "Kullback-Leibler divergence of softened class probabilities" : "relative squared error";

    /// <summary>Estimates the loss of accuracy of a classifier; null for other networks.</summary>
    public ExpectedLoss? NewLoss() => isClassifier ? new ExpectedLoss(isProbability) : null;

    /// <param name="reference">The float network's outputs.</param>
    /// <param name="actual">The outputs to judge, as real numbers.</param>
    public double Of(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> actual)
    {
        if (isClassifier)
        {
            double[] scores = Scores(reference[0]);
            double[] actualScores = Scores(actual[0]);
            return KullbackLeibler(
                LogProbabilities(scores, Math.Max(Deviation(scores), 1e-6)), LogProbabilities(actualScores, Math.Max(Deviation(actualScores), 1e-6)));
        }

        double error = 0, energy = 1e-12;
        for (int output = 0; output < reference.Count; output++)
        {
            for (int i = 0; i < reference[output].Length; i++)
            {
                double difference = actual[output][i] - reference[output][i];
                error += difference * difference;
                energy += reference[output][i] * reference[output][i];
            }
        }

        return error / energy;
    }

    private static double KullbackLeibler(double[] reference, double[] actual)
    {
        double sum = 0;
        for (int i = 0; i < reference.Length; i++)
            sum += Math.Exp(reference[i]) * (reference[i] - actual[i]);
        return Math.Max(0, sum);
    }

    private double[] Scores(double[] outputs) =>
        isProbability ? Array.ConvertAll(outputs, probability => Math.Log(Math.Max(probability, 1e-6))) : outputs;

    private static double Deviation(double[] scores)
    {
        double mean = scores.Average();
        return Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
    }

    private static double[] LogProbabilities(double[] scores, double temperature)
    {
        double top = scores.Max();
        double sum = scores.Sum(score => Math.Exp((score - top) / temperature));
        return Array.ConvertAll(scores, score => ((score - top) / temperature) - Math.Log(sum));
    }
}
