using System.Numerics;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>y += a * x, the inner loop of second-order rounding. Elements are independent, so the bits are the same on every vector width.</summary>
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
}
