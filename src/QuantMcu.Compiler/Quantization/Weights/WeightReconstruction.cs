using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Changes float weights so that a convolution of the integer network's codes comes close to that of the float network's values. What the layers before
/// have lost is not all noise: the rest of the input tells some of it. With <c>x</c> what the float network has under the window and <c>q</c> what the integer
/// network has there, both less their means, weights <c>w</c> become <c>w + d</c>, where <c>d</c> is the ridge regression of <c>(x - q) w</c> on <c>q</c>. How
/// strong the ridge is, and whether anything is changed at all, is decided by cross-validation: each half of the samples judges what the other half
/// proposes. (Li et al., "GPTAQ", 2025, round weights with the same target.)
/// </summary>
internal sealed class WeightReconstruction
{
    /// <summary>Strengths of the ridge, as shares of the mean variance of the inputs.</summary>
    private static readonly double[] Ridges = { 0.03, 0.3, 3 };

    private readonly ConvWindows conv;
    private readonly double[] weights;
    private readonly int perGroup;
    private readonly ParallelOptions options;

    private WeightReconstruction(ConvWindows conv, float[] weights, CancellationToken cancellation)
    {
        this.conv = conv;
        this.weights = Array.ConvertAll(weights, weight => (double)weight);
        perGroup = weights.Length / conv.PerChannel / conv.Groups;
        options = new ParallelOptions { CancellationToken = cancellation };
    }

    /// <summary>Weights that make up for some of the loss, the same ones where none do; and the moments of the integer network's windows.</summary>
    /// <param name="conv">How the convolution reads its input.</param>
    /// <param name="weights">[M, weights of a channel].</param>
    /// <param name="floats">Windows of the float network, sample by sample; at least two samples.</param>
    /// <param name="integers">The same windows of the integer network, as real numbers.</param>
    /// <param name="cancellation">Looked at for every sample and channel.</param>
    public static (float[] Weights, InputCovariance Covariance) Solve(
        ConvWindows conv, float[] weights, IReadOnlyList<float[]> floats, IReadOnlyList<float[]> integers, CancellationToken cancellation)
    {
        var halves = new[] { new Half(conv, weights), new Half(conv, weights) };
        var problem = new WeightReconstruction(conv, weights, cancellation);
        Parallel.For(0, halves.Length, problem.options, half =>
        {
            for (int sample = half; sample < integers.Count; sample += halves.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                halves[half].Add(problem.weights, floats[sample], integers[sample]);
            }
        });
        var all = Half.Sum(halves[0], halves[1]);
        return (problem.Change(halves, all), all.Covariance);
    }

    private float[] Change(Half[] halves, Half all)
    {
        var gains = new double[conv.Groups][];
        Parallel.For(0, conv.Groups, options, group => gains[group] = Array.ConvertAll(Ridges, ridge => Gain(halves, group, ridge)));
        double[] total = Ridges.Select((_, i) => gains.Sum(gain => gain[i])).ToArray();
        int best = Array.IndexOf(total, total.Max());
        var result = Array.ConvertAll(weights, weight => (float)weight);
        if (total[best] > 0)
            Parallel.For(0, conv.Groups, options, group => Apply(all, group, Ridges[best], result));
        return result;
    }

    /// <summary>By how much the squared error of either half falls with what the other half proposes.</summary>
    private double Gain(Half[] halves, int group, double ridge)
    {
        double gain = 0;
        for (int half = 0; half < halves.Length; half++)
        {
            var factor = Factor(halves[half], group, ridge);
            var judge = halves[1 - half];
            double[] covariance = judge.Covariance.Matrix(group, 0, centered: true);
            var image = new double[conv.PerChannel];
            for (int m = group * perGroup; m < (group + 1) * perGroup; m++)
            {
                double[] change = factor.Solve(halves[half].Gradient(m)), gradient = judge.Gradient(m);
                Array.Clear(image, 0, image.Length);
                for (int i = 0; i < change.Length; i++)
                    Axpy.Add(image, 0, change[i], covariance, i * change.Length, change.Length);
                for (int i = 0; i < change.Length; i++)
                    gain += change[i] * ((2 * gradient[i]) - image[i]);
            }
        }

        return gain;
    }

    private void Apply(Half all, int group, double ridge, float[] result)
    {
        var factor = Factor(all, group, ridge);
        for (int m = group * perGroup; m < (group + 1) * perGroup; m++)
        {
            double[] change = factor.Solve(all.Gradient(m));
            for (int i = 0; i < change.Length; i++)
                result[(m * conv.PerChannel) + i] = (float)(weights[(m * conv.PerChannel) + i] + change[i]);
        }
    }

    private RoundingFactor Factor(Half half, int group, double ridge) =>
        RoundingFactor.Of(half.Covariance.Matrix(group, 0, centered: true), ridge, options.CancellationToken);

    /// <summary>What some samples say.</summary>
    private sealed class Half
    {
        /// <summary>Windows that are added in one pass over the gradients.</summary>
        private const int Batch = 8;

        private readonly int groups;
        private readonly int perChannel;
        private readonly int perGroup;

        /// <summary>Per weight the sum of q * (x - q) w.</summary>
        private readonly double[] products;

        /// <summary>Per output the sum of (x - q) w.</summary>
        private readonly double[] lost;

        /// <summary>Per weight of a group the sum of q.</summary>
        private readonly double[] seen;

        public Half(ConvWindows conv, float[] weights)
        {
            (groups, perChannel, perGroup) = (conv.Groups, conv.PerChannel, weights.Length / conv.PerChannel / conv.Groups);
            products = new double[weights.Length];
            lost = new double[weights.Length / perChannel];
            seen = new double[groups * perChannel];
            Covariance = new InputCovariance(groups, perChannel);
        }

        private Half(Half first, Half second)
        {
            (groups, perChannel, perGroup) = (first.groups, first.perChannel, first.perGroup);
            products = Plus(first.products, second.products);
            lost = Plus(first.lost, second.lost);
            seen = Plus(first.seen, second.seen);
            Covariance = InputCovariance.Sum(first.Covariance, second.Covariance);
        }

        public InputCovariance Covariance { get; }

        public static Half Sum(Half first, Half second) => new(first, second);

        /// <summary>Of an output channel: the mean of q * (x - q) w, less the product of the means.</summary>
        public double[] Gradient(int m)
        {
            double count = Math.Max(1, Covariance.Count), mean = lost[m] / count;
            int group = m / perGroup;
            var gradient = new double[perChannel];
            for (int i = 0; i < perChannel; i++)
                gradient[i] = (products[(m * perChannel) + i] / count) - (mean * seen[(group * perChannel) + i] / count);
            return gradient;
        }

        /// <summary>Takes in the windows of a sample.</summary>
        public void Add(double[] weights, float[] floats, float[] integers)
        {
            Covariance.Add(integers);
            int length = groups * perChannel, windows = integers.Length / length;
            var rows = new double[Batch * perChannel];
            var differences = new double[Batch * perChannel];
            var factors = new double[Batch];
            for (int first = 0; first < windows; first += Batch)
            {
                int batch = Math.Min(Batch, windows - first);
                for (int group = 0; group < groups; group++)
                {
                    for (int row = 0; row < batch; row++)
                        Load((((first + row) * groups) + group) * perChannel, row * perChannel);
                    AddRows(group, batch);
                }
            }

            void Load(int source, int target)
            {
                int group = source / perChannel % groups;
                for (int i = 0; i < perChannel; i++)
                {
                    double value = integers[source + i];
                    rows[target + i] = value;
                    differences[target + i] = floats[source + i] - value;
                    seen[(group * perChannel) + i] += value;
                }
            }

            void AddRows(int group, int batch)
            {
                for (int m = group * perGroup; m < (group + 1) * perGroup; m++)
                {
                    for (int row = 0; row < batch; row++)
                        lost[m] += factors[row] = Axpy.Dot(weights, m * perChannel, differences, row * perChannel, perChannel);
                    Axpy.AddRows(products, m * perChannel, factors, rows, 0, perChannel, batch, perChannel);
                }
            }
        }

        private static double[] Plus(double[] first, double[] second) => first.Select((value, i) => value + second[i]).ToArray();
    }
}
