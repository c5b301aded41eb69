using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Rounds the weights of one output channel so that the layer's output changes least in the mean square, not the weights themselves. Several scales
/// are tried; the best result (of short channels, each) is then improved by moving single codes and by fitting the scale to the codes, until neither
/// helps.
/// </summary>
internal sealed class SecondOrderRounding
{
    /// <summary>Weights up to which a channel may try many scales.</summary>
    private const int Short = 64;

    private const int Sweeps = 4;

    private readonly RoundingFactor[] factors;
    private readonly double[] importance;
    private readonly int largest;

    /// <param name="factors">Blocks of the channel's weights, one after the other.</param>
    /// <param name="importance">Mean square of what each weight is multiplied by.</param>
    /// <param name="bits">Bits of a code.</param>
    public SecondOrderRounding(RoundingFactor[] factors, double[] importance, int bits)
    {
        this.factors = factors;
        this.importance = importance;
        largest = (1 << (bits - 1)) - 1;
    }

    /// <summary>Writes a channel's codes; gives their scale, 0 for a channel of zeros.</summary>
    public double Round(double[] weights, sbyte[] codes, int start)
    {
        double full = weights.Max(weight => Math.Abs(weight)) / largest;
        if (full < 1e-30)
            return 0;

        double[] scales = Scales(weights, full);
        var blocks = new Block[factors.Length];
        var errors = new double[scales.Length];
        int first = 0;
        for (int b = 0; b < blocks.Length; first += factors[b].Size, b++)
        {
            blocks[b] = new Block(factors[b], weights, first, largest);
            blocks[b].Round(scales, errors);
        }

        // Short channels can afford to improve every candidate.
        var candidates = weights.Length <= Short ? Enumerable.Range(0, scales.Length) : [Array.IndexOf(errors, errors.Min())];
        double least = double.PositiveInfinity, best = 0;
        foreach (int candidate in candidates)
        {
            foreach (var block in blocks)
                block.Choose(candidate, scales[candidate]);

            double scale = Improve(blocks, scales[candidate]);
            double error = blocks.Sum(block => block.Error(scale));
            if (error < least)
            {
                (least, best) = (error, scale);
                Write(blocks, codes, start);
            }
        }

        return best;
    }

    private static void Write(Block[] blocks, sbyte[] codes, int start)
    {
        foreach (var block in blocks)
        {
            block.Write(codes, start);
            start += block.Size;
        }
    }

    /// <summary>Candidates: many for short channels; of long ones a few around what is best when every weight is rounded by itself.</summary>
    private double[] Scales(double[] weights, double full)
    {
        bool isShort = weights.Length <= Short;
        int steps = isShort ? 160 : 40;
        double top = isShort ? 2 : 1.05;
        var all = Enumerable.Range(0, steps).Select(step => full * (top - (step * (top - 0.1) / steps))).ToArray();
        if (isShort)
            return all;

        double center = all.OrderBy(scale => PlainError(weights, scale)).First();
        return [center * 0.84, center * 0.92, center, center * 1.08, center * 1.16];
    }

    private double PlainError(double[] weights, double scale)
    {
        double error = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double code = Math.Max(-largest, Math.Min(largest, Math.Round(weights[i] / scale)));
            double difference = weights[i] - (code * scale);
            error += importance[i] * difference * difference;
        }

        return error;
    }

    private static double Improve(IReadOnlyList<Block> blocks, double scale)
    {
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            int moved = blocks.Sum(block => block.Sweep(scale));
            double fitted = blocks.Sum(block => block.Correlation()), energy = blocks.Sum(block => block.Energy(scale));
            if (energy > 0 && fitted > 0)
            {
                double better = fitted / energy;
                foreach (var block in blocks)
                    block.Rescale(scale, better);
                scale = better;
            }

            if (moved == 0)
                break;
        }

        return scale;
    }

    /// <summary>The weights of one block, in the order of its factor.</summary>
    private sealed class Block
    {
        private readonly RoundingFactor factor;
        private readonly int largest;
        private readonly double[] weights;
        private readonly double[] image;
        private readonly double[] gradient;
        private sbyte[][] candidates = [];
        private sbyte[] codes = [];

        public Block(RoundingFactor factor, double[] weights, int start, int largest)
        {
            this.factor = factor;
            this.largest = largest;
            this.weights = new double[factor.Size];
            factor.Permute(weights, start, this.weights);
            image = new double[factor.Size];
            gradient = new double[factor.Size];
            for (int k = 0; k < Size; k++)
                Axpy.Add(image, 0, this.weights[k], factor.Covariance, k * Size, Size);
        }

        public int Size => factor.Size;

        /// <summary>Rounds with every scale, and adds to its error.</summary>
        public void Round(double[] scales, double[] errors)
        {
            candidates = Array.ConvertAll(scales, _ => new sbyte[Size]);
            var feedback = Array.ConvertAll(scales, _ => new double[Size]);
            for (int k = 0; k < Size; k++)
            {
                for (int s = 0; s < scales.Length; s++)
                {
                    double target = weights[k] + feedback[s][k];
                    int code = Code(target / scales[s]);
                    candidates[s][k] = (sbyte)code;
                    double rounded = code * scales[s];
                    errors[s] += factor.Diagonal[k] * (target - rounded) * (target - rounded);
                    Axpy.Add(feedback[s], k + 1, weights[k] - rounded, factor.Feedback, (k * Size) + k + 1, Size - k - 1);
                }
            }
        }

        /// <summary>Goes on with the codes of one scale; the gradient is C times the error of the weights.</summary>
        public void Choose(int candidate, double scale)
        {
            codes = candidates[candidate];
            image.CopyTo(gradient, 0);
            for (int k = 0; k < Size; k++)
            {
                if (codes[k] != 0)
                    Axpy.Add(gradient, 0, -scale * codes[k], factor.Covariance, k * Size, Size);
            }
        }

        /// <summary>Moves every code by one where that lowers the error; gives how many moved.</summary>
        public int Sweep(double scale)
        {
            int moved = 0;
            for (int k = 0; k < Size; k++)
            {
                // A step up lowers the weight's error by one scale: the squared error changes by -2 * scale * gradient + scale^2 * C[k, k].
                double half = 0.5 * scale * factor.Covariance[(k * Size) + k] * (1 + 1e-9);
                int step = gradient[k] > half ? 1 : gradient[k] < -half ? -1 : 0;
                if (step == 0 || Math.Abs(codes[k] + step) > largest)
                    continue;

                codes[k] = (sbyte)(codes[k] + step);
                Axpy.Add(gradient, 0, -scale * step, factor.Covariance, k * Size, Size);
                moved++;
            }

            return moved;
        }

        /// <summary>codes * C * weights.</summary>
        public double Correlation()
        {
            double sum = 0;
            for (int k = 0; k < Size; k++)
                sum += codes[k] * image[k];
            return sum;
        }

        /// <summary>codes * C * codes.</summary>
        public double Energy(double scale)
        {
            double sum = 0;
            for (int k = 0; k < Size; k++)
                sum += codes[k] * (image[k] - gradient[k]);
            return sum / scale;
        }

        /// <summary>The squared error: e * C * e.</summary>
        public double Error(double scale)
        {
            double sum = 0;
            for (int k = 0; k < Size; k++)
                sum += (weights[k] - (scale * codes[k])) * gradient[k];
            return sum;
        }

        public void Rescale(double from, double to)
        {
            for (int k = 0; k < Size; k++)
                gradient[k] = image[k] - ((image[k] - gradient[k]) * to / from);
        }

        public void Write(sbyte[] target, int start) => factor.Restore(codes, target, start);

        private int Code(double value)
        {
            double code = Math.Round(value, MidpointRounding.ToEven);
            return (int)Math.Max(-largest, Math.Min(largest, code));
        }
    }
}
