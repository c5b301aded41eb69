using System;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>The error function and its complement to about 1e-15 (.NET has neither).</summary>
internal static class ErrorFunction
{
    /// <summary>Below this the power series converges fast and loses few digits; above it the continued fraction does.</summary>
    private const double SeriesLimit = 2;

    /// <summary>2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.</summary>
    public static double Erf(double x) => Math.Abs(x) < SeriesLimit ? Series(x) : x > 0 ? 1 - Tail(x) : Tail(-x) - 1;

    /// <summary>1 - Erf(x), accurate where that is tiny.</summary>
    public static double Erfc(double x) => Math.Abs(x) < SeriesLimit ? 1 - Series(x) : x > 0 ? Tail(x) : 2 - Tail(-x);

    /// <summary>2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)): no terms of alternating sign.</summary>
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>
    /// Erfc for x &gt;= 2 by its continued fraction x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))), from the inside out.
    /// </summary>
    private static double Tail(double x)
    {
        if (double.IsPositiveInfinity(x))
            return 0;

        double fraction = x;
        for (int n = 60; n > 0; n--)
            fraction = x + (n / 2.0 / fraction);

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
