using System;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// A covariance C, damped, ordered and factored for rounding weights one after the other: P C P' = U D U', U unit upper triangular. The squared error
/// of a layer's output, e C e' for an error e of the weights, is then the sum over k of D[k] * (e[k] + sum over j &lt; k of e[j] * U[j, k])^2, and
/// every weight can be rounded so as to cancel what the ones before it did. This is OBQ's order of things (Frantar and Alistarh, "Optimal Brain
/// Compression", 2022; "GPTQ", 2023) in the form of Chee et al. ("QuIP", 2023), which needs no inverse.
/// </summary>
internal sealed class RoundingFactor
{
    private readonly int[] order;

    private RoundingFactor(int[] order, double[] covariance, double[] feedback, double[] diagonal)
    {
        this.order = order;
        Covariance = covariance;
        Feedback = feedback;
        Diagonal = diagonal;
    }

    public int Size => order.Length;

    /// <summary>C in this order, damped.</summary>
    public double[] Covariance { get; }

    /// <summary>U, row by row; what lies below its diagonal means nothing.</summary>
    public double[] Feedback { get; }

    /// <summary>D.</summary>
    public double[] Diagonal { get; }

    /// <summary>Factors a matrix.</summary>
    /// <param name="covariance">Symmetric, positive semidefinite.</param>
    /// <param name="damping">Added to the diagonal, as a share of its mean: inputs that were never seen must not cost nothing.</param>
    /// <param name="cancellation">Looked at for every column.</param>
    public static RoundingFactor Of(double[] covariance, double damping, CancellationToken cancellation)
    {
        int size = (int)Math.Round(Math.Sqrt(covariance.Length));
        double mean = Enumerable.Range(0, size).Average(i => covariance[(i * size) + i]);
        double added = mean > 0 ? damping * mean : 1;

        // The most important weights first: the rest can make up for them.
        int[] order = Enumerable.Range(0, size).OrderByDescending(i => covariance[(i * size) + i]).ToArray();
        var damped = new double[covariance.Length];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
                damped[(i * size) + j] = covariance[(order[i] * size) + order[j]] + (i == j ? added : 0);
        }

        var feedback = (double[])damped.Clone();
        return new RoundingFactor(order, damped, feedback, Factor(feedback, size, added, cancellation));
    }

    /// <summary>The x with C x = b, C damped; both in the order of the weights.</summary>
    public double[] Solve(double[] b)
    {
        int size = Size;
        var y = new double[size];
        Permute(b, 0, y);

        // U z = y from the last to the first, z / D, then U' x = z from the first to the last.
        for (int i = size - 1; i >= 0; i--)
            y[i] -= Axpy.Dot(Feedback, (i * size) + i + 1, y, i + 1, size - i - 1);
        for (int i = 0; i < size; i++)
            y[i] /= Diagonal[i];
        for (int i = 0; i < size; i++)
            Axpy.Add(y, i + 1, -y[i], Feedback, (i * size) + i + 1, size - i - 1);

        var x = new double[size];
        for (int i = 0; i < size; i++)
            x[order[i]] = y[i];
        return x;
    }

    /// <summary>Values of a block in this order.</summary>
    public void Permute(double[] values, int start, double[] result)
    {
        for (int i = 0; i < order.Length; i++)
            result[i] = values[start + order[i]];
    }

    /// <summary>Codes in this order to their places in a block.</summary>
    public void Restore(sbyte[] ordered, sbyte[] codes, int start)
    {
        for (int i = 0; i < order.Length; i++)
            codes[start + order[i]] = ordered[i];
    }

    /// <summary>U D U' in place, from the last column to the first; gives D.</summary>
    private static double[] Factor(double[] a, int size, double smallest, CancellationToken cancellation)
    {
        var diagonal = new double[size];
        var column = new double[size];
        for (int j = size - 1; j >= 0; j--)
        {
            cancellation.ThrowIfCancellationRequested();
            // Rounding errors may eat what the damping put there, never more.
            double pivot = Math.Max(a[(j * size) + j], smallest * 0.5);
            diagonal[j] = pivot;
            for (int i = 0; i < j; i++)
                column[i] = a[(i * size) + j];
            for (int i = 0; i < j; i++)
            {
                double factor = column[i] / pivot;
                a[(i * size) + j] = factor;
                if (factor != 0)
                    Axpy.Add(a, (i * size) + i, -factor, column, i, j - i);
            }

            a[(j * size) + j] = 1;
        }

        return diagonal;
    }
}
