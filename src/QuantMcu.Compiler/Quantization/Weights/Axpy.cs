using System.Numerics;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// y += a * x and sums of products, the inner loops of what is fitted to samples. Elements are independent, so the bits are the same on every vector width.
/// </summary>
internal static class Axpy
{
    public static void Add(double[] y, int yStart, double a, double[] x, int xStart, int count)
    {
        int i = 0;
        var factor = new Vector<double>(a);
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(y, yStart + i) + (factor * new Vector<double>(x, xStart + i))).CopyTo(y, yStart + i);
        for (; i < count; i++)
            y[yStart + i] += a * x[xStart + i];
    }

    /// <summary>y += a0 * x0 + a1 * x1 + ..., x0, x1, ... being rows of one array; one pass over y.</summary>
    public static void AddRows(double[] y, int yStart, double[] factors, double[] x, int xStart, int xStride, int rows, int count)
    {
        int i = 0;
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
        {
            var sum = new Vector<double>(y, yStart + i);
            for (int row = 0; row < rows; row++)
                sum += new Vector<double>(factors[row]) * new Vector<double>(x, xStart + (row * xStride) + i);
            sum.CopyTo(y, yStart + i);
        }

        for (; i < count; i++)
        {
            double sum = y[yStart + i];
            for (int row = 0; row < rows; row++)
                sum += factors[row] * x[xStart + (row * xStride) + i];
            y[yStart + i] = sum;
        }
    }

    /// <summary>Sum of x * y, in four sums that are added in a fixed order: the bits do not depend on the width of vectors.</summary>
    public static double Dot(double[] x, int xStart, double[] y, int yStart, int count)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            s0 += x[xStart + i] * y[yStart + i];
            s1 += x[xStart + i + 1] * y[yStart + i + 1];
            s2 += x[xStart + i + 2] * y[yStart + i + 2];
            s3 += x[xStart + i + 3] * y[yStart + i + 3];
        }

        for (; i < count; i++)
            s0 += x[xStart + i] * y[yStart + i];
        return (s0 + s1) + (s2 + s3);
    }
}
