using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Samples.Common;

/// <summary>Runs compiled networks over an evaluation set and prints how they did.</summary>
internal static class EvaluationReport
{
    private const int Shown = 10;
    private const int MostPasses = 25;
    private static readonly TimeSpan LongestTiming = TimeSpan.FromSeconds(3);

    /// <summary>Prints the first ten predictions with their labels, then one line of figures for each network.</summary>
    /// <param name="set">The labelled samples.</param>
    /// <param name="floatClasses">Class of every sample by the float model.</param>
    /// <param name="networks">What the float model was compiled to. The predictions that are printed are those of the first.</param>
    /// <returns>The predictions of each network.</returns>
    public static int[][] Print(EvaluationSet set, int[] floatClasses, params CompiledNetwork[] networks)
    {
        int[][] predictions = networks.Select(network => Enumerable.Range(0, set.Count).Select(network.Classify).ToArray()).ToArray();
        for (int i = 0; i < Math.Min(Shown, set.Count); i++)
        {
            string verdict = predictions[0][i] == set.Labels[i] ? "" : "  (wrong)";
            Console.WriteLine($"sample {i}: {set.ClassNames[predictions[0][i]],-10} label {set.ClassNames[set.Labels[i]]}{verdict}");
        }

        foreach (var (network, classes) in networks.Zip(predictions))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"top1 float={Percent(floatClasses, set.Labels):F2} quantized={Percent(classes, set.Labels):F2}"
                + $" agreement={Percent(classes, floatClasses):F2} n={set.Count}"
                + $" arena_bytes={network.ArenaBytes} weight_bytes={network.WeightBytes}"
                + $" us_per_inference={MicrosecondsPerInference(set, network.Classify):F1}"
                + $" precision={network.Precision} patches={network.Patches} macs={network.ExecutedMacs} bitops={network.BitOps}"));
        }

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
