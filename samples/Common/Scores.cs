using System;

namespace Samples.Common;

internal static class Scores
{
    /// <summary>Index of the largest score, the first of equals: the class that the network names.</summary>
    public static int Largest<T>(ReadOnlySpan<T> scores)
        where T : IComparable<T>
    {
        int largest = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i].CompareTo(scores[largest]) > 0)
                largest = i;
        }

        return largest;
    }
}
