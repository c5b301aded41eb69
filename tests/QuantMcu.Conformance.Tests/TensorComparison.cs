using System;
using System.Collections.Generic;
using System.Globalization;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Conformance.Tests;

/// <summary>Compares with the tolerances of ONNX's own backend runner; integers exactly.</summary>
internal static class TensorComparison
{
    private const double RelativeTolerance = 1e-3;
    private const double AbsoluteTolerance = 1e-7;

    /// <summary>The first difference in words, or null.</summary>
    public static string? Difference(string engine, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        if (expected.Count > actual.Count)
            return engine + ": " + actual.Count + " outputs, expected " + expected.Count;

        for (int i = 0; i < expected.Count; i++)
        {
            if (Difference(expected[i], actual[i]) is { } difference)
                return engine + ", output " + i + ": " + difference;
        }

        return null;
    }

    private static string? Difference(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type)
            return actual.Type + ", expected " + expected.Type;

        for (int i = 0; i < expected.Shape.Elements; i++)
        {
            if (!AreClose(expected, actual, i))
            {
                double given = actual.At(i), wanted = expected.At(i);
                return string.Create(
                    CultureInfo.InvariantCulture, $"element {i} of {expected.Shape} is {given:R}, expected {wanted:R}");
            }
        }

        return null;
    }

    private static bool AreClose(Tensor expected, Tensor actual, int index)
    {
        if (!expected.Element.IsFloat())
            return expected.Integers[index] == actual.Integers[index];

        double wanted = expected.At(index), given = actual.At(index);
        return wanted.Equals(given) || Math.Abs(given - wanted) <= AbsoluteTolerance + (RelativeTolerance * Math.Abs(wanted));
    }
}
