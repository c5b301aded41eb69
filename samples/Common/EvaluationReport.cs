using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Samples.Common;

/// <summary>Runs a compiled network over its evaluation set and prints how it did.</summary>
internal static class EvaluationReport
{
    private const int Shown = 10;
    private const int MostPasses = 25;
    private static readonly TimeSpan LongestTiming = TimeSpan.FromSeconds(3);

    /// <summary>Prints the first ten predictions with their labels, then one line of figures.</summary>
    /// <param name="set">The labelled samples.</param>
    /// <param name="classify">Class of sample i by the compiled network.</param>
    /// <param name="floatClasses">Class of every sample by the float model.</param>
    /// <param name="arenaBytes">The compiled network's RAM.</param>
    /// <param name="weightBytes">The compiled network's read-only data.</param>
    /// <returns>The predictions of the compiled network.</returns>
    public static int[] Print(EvaluationSet set, Func<int, int> classify, int[] floatClasses, int arenaBytes, int weightBytes)
    {
        int[] predictions = Enumerable.Range(0, set.Count).Select(classify).ToArray();
        for (int i = 0; i < Math.Min(Shown, set.Count); i++)
        {
            string verdict = predictions[i] == set.Labels[i] ? "" : "  (wrong)";
            Console.WriteLine($"sample {i}: {set.ClassNames[predictions[i]],-10} label {set.ClassNames[set.Labels[i]]}{verdict}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"top1 float={Percent(floatClasses, set.Labels):F2} quantized={Percent(predictions, set.Labels):F2}"
            + $" agreement={Percent(predictions, floatClasses):F2} n={set.Count}"
            + $" arena_bytes={arenaBytes} weight_bytes={weightBytes}"
            + $" us_per_inference={MicrosecondsPerInference(set, classify):F1}"));
        return predictions;
    }

    private static double Percent(int[] classes, int[] expected) =>
        100.0 * classes.Zip(expected).Count(pair => pair.First == pair.Second) / classes.Length;

    // The median of single inferences on one thread; the predictions above have warmed the code up. One pass is enough for an
    // unoptimised build, which takes its time.
    private static double MicrosecondsPerInference(EvaluationSet set, Func<int, int> classify)
    {
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < MostPasses && (pass == 0 || Stopwatch.GetElapsedTime(start) < LongestTiming); pass++)
        {
            for (int i = 0; i < set.Count; i++)
            {
                long before = Stopwatch.GetTimestamp();
                classify(i);
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
            }
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
