using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Memory;

/// <summary>Buffers that follow one another in the same place: each is written over the one before it.</summary>
internal static class SharedPlaces
{
    /// <summary>
    /// Groups of buffer indices in the order of their lifetimes; a buffer that shares with none is a group of one.
    /// </summary>
    public static List<int[]> Merge(ImmutableArray<ArenaBuffer> buffers, ImmutableArray<InPlacePair> inPlace)
    {
        var next = Enumerable.Repeat(-1, buffers.Length).ToArray();
        var hasPrevious = new bool[buffers.Length];
        foreach (var pair in inPlace)
        {
            var source = buffers[pair.Source];
            var result = buffers[pair.Result];
            bool dies = source.LastStep == result.FirstStep && source.FirstStep < result.FirstStep;
            if (dies && result.Bytes <= source.Bytes && next[pair.Source] < 0 && !hasPrevious[pair.Result])
            {
                next[pair.Source] = pair.Result;
                hasPrevious[pair.Result] = true;
            }
        }

        var groups = new List<int[]>();
        for (int i = 0; i < buffers.Length; i++)
        {
            if (!hasPrevious[i])
                groups.Add(Chain(i, next));
        }

        return groups;
    }

    private static int[] Chain(int first, int[] next)
    {
        var chain = new List<int>();
        for (int i = first; i >= 0; i = next[i])
            chain.Add(i);

        return chain.ToArray();
    }
}
