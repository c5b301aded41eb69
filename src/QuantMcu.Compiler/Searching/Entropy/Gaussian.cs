using System;

namespace QuantMcu.Compiler.Searching.Entropy;

/// <summary>A normal distribution.</summary>
internal readonly record struct Gaussian(double Mean, double Deviation)
{
    private static readonly double[] A =
        { -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00 };

    private static readonly double[] B =
        { -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1 };

    private static readonly double[] C =
        { -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00 };

    private static readonly double[] D =
        { 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1 };

    /// <summary>The interval around the mean that holds a share of the distribution; all numbers for 1 (or more).</summary>
    public (double Low, double High) Central(double mass)
    {
        if (mass >= 1)
            return (double.NegativeInfinity, double.PositiveInfinity);

        double reach = mass <= 0 ? 0 : Deviation * Quantile((1 + mass) / 2);
        return (Mean - reach, Mean + reach);
    }

    /// <summary>Inverse of the standard normal distribution function (P. J. Acklam's rational approximation, relative error below 1.2e-9).</summary>
    internal static double Quantile(double probability)
    {
        const double Tail = 0.02425;
        if (probability > 1 - Tail)
            return -Quantile(1 - probability);

        if (probability < Tail)
        {
            double root = Math.Sqrt(-2 * Math.Log(probability));
            return Polynomial(C, root) / Polynomial(D, root);
        }

        double offset = probability - 0.5, square = offset * offset;
        return Polynomial(A, square) * offset / Polynomial(B, square);
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        double value = 0;
        foreach (double coefficient in coefficients)
            value = (value * x) + coefficient;
        return value;
    }
}
