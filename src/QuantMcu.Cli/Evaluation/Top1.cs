using System;
using System.Collections.Generic;

namespace QuantMcu.Cli.Evaluation;

/// <summary>Predicted classes and how often they are right.</summary>
internal static class Top1
{
    /// <summary>Index of the largest value, the first of equals.</summary>
    public static int Class<T>(ReadOnlySpan<T> scores)
        where T : IComparable<T>
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i].CompareTo(scores[best]) > 0)
                best = i;
        }

        return best;
    }

    /// <summary>Percent of positions at which both lists have the same class, over the shorter of them.</summary>
    public static double Percent(IReadOnlyList<int> classes, IReadOnlyList<int> expected)
    {
        int count = Math.Min(classes.Count, expected.Count), equal = 0;
        for (int i = 0; i < count; i++)
            equal += classes[i] == expected[i] ? 1 : 0;

        return count == 0 ? 0 : 100.0 * equal / count;
    }
}
