using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Calibration.Execution;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// The damage of every single choice: the divergence of the float network's output when one feature map, or the weights of one layer, is
/// rounded to some bits and everything else stays float; the mean over calibration samples. Forward passes only, and of each only what comes
/// after the change.
/// </summary>
internal sealed class Sensitivity
{
    /// <summary>The bits that are tried; and those where codes that leave bits of their byte unused save time: they take the memory of 8 bits.</summary>
    private static readonly int[] InMemory = { 8, 4, 2 }, MapsInTime = { 8, 7, 6, 5, 4, 2 }, WeightsInTime = { 8, 6, 5, 4, 2 };

    /// <summary>Multiply-accumulates that all passes together may take: fixes the number of samples, so that large networks end in time too.</summary>
    public const long MostMacs = 600_000_000_000;

    private const int LeastSamples = 4;
    private const int MostSamples = 32;

    private Sensitivity(int maps, int convs, int[] mapCandidates, int[] weightCandidates)
    {
        (MapCandidates, WeightCandidates) = (mapCandidates, weightCandidates);
        OfMap = Enumerable.Range(0, maps).Select(_ => new double[mapCandidates.Length]).ToArray();
        OfWeights = Enumerable.Range(0, convs).Select(_ => new double[weightCandidates.Length]).ToArray();
    }

    /// <summary>The bits that were tried for feature maps, 8 first.</summary>
    public int[] MapCandidates { get; }

    /// <summary>The bits that weights may have, 8 first; those below what the user allows were not tried.</summary>
    public int[] WeightCandidates { get; }

    /// <summary>Damage by map and index into <see cref="MapCandidates"/>; 0 for maps that are not free.</summary>
    public double[][] OfMap { get; }

    /// <summary>Damage by convolution and index into <see cref="WeightCandidates"/>.</summary>
    public double[][] OfWeights { get; }

    public int Samples { get; private set; }

    /// <summary>Multiply-accumulates of all passes.</summary>
    public long Macs { get; private set; }

    /// <summary>Measures.</summary>
    /// <param name="subject">The network; it has samples.</param>
    /// <param name="leastWeightBits">Weights are tried down to so many bits; 8: not at all.</param>
    /// <param name="smallCodes">Whether codes of 7 to 5 bits, which take 8 in memory, are worth a trial.</param>
    /// <param name="threads">Samples are spread over so many; the result does not depend on it.</param>
    /// <param name="progress">Told of every sample.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    public static Sensitivity Measure(
        SearchSubject subject,
        int leastWeightBits,
        bool smallCodes,
        int threads,
        IProgress<CompileProgress>? progress,
        CancellationToken cancellation)
    {
        bool isInTime = smallCodes && leastWeightBits < 8;
        int[] mapCandidates = isInTime ? MapsInTime : InMemory, weightCandidates = isInTime ? WeightsInTime : InMemory;
        var graph = subject.Request.NormalForm;
        var samples = subject.Request.Samples!;
        var plan = ExecutionPlan.Create(graph);
        var trials = Trials(subject, plan, mapCandidates, weightCandidates.Where(bits => bits >= leastWeightBits).ToArray(), cancellation).ToList();
        var result = new Sensitivity(subject.Maps.Length, subject.Convs.Length, mapCandidates, weightCandidates);
        long perSample = Math.Max(1, Cost(plan, trials));
        int count = (int)Math.Max(LeastSamples, Math.Min(MostSamples, MostMacs / perSample));
        int[] judges = Enumerable.Range(0, samples.Count).Where(i => !subject.HoldsOut || FloatWindows.IsHeldOut(i)).ToArray();
        result.Samples = Math.Min(count, judges.Length);
        result.Macs = result.Samples * perSample;

        var divergence = new OutputDivergence(graph);
        var workers = Enumerable.Range(0, Math.Max(1, Math.Min(threads, result.Samples))).Select(_ => new SuffixExecutor(plan)).ToArray();
        OrderedParallel.Run(
            result.Samples,
            workers,
            (executor, sample) => Damages(executor, samples[judges[Spread(sample, result.Samples, judges.Length)]], trials, divergence, cancellation),
            (sample, damages) =>
            {
                for (int i = 0; i < damages.Length; i++)
                    result.Of(trials[i])[trials[i].Candidate] += damages[i] / result.Samples;
                progress?.Report(new CompileProgress(CompileStages.Searching, sample + 1, result.Samples));
            });
        return result;
    }

    private double[] Of(Trial trial) => (trial.IsMap ? OfMap : OfWeights)[trial.Index];

    /// <summary>Samples evenly over the calibration set: files are often sorted by class.</summary>
    private static int Spread(int sample, int count, int all) => (int)((long)sample * all / count);

    private static double[] Damages(
        SuffixExecutor executor, IReadOnlyList<Tensor> sample, List<Trial> trials, OutputDivergence divergence, CancellationToken cancellation)
    {
        var reference = Reals(executor.Run(sample, cancellation));
        return trials.Select(trial => divergence.Of(reference, Reals(executor.Run(trial.Change, cancellation)))).ToArray();
    }

    private static double[][] Reals(Tensor[] outputs) => Array.ConvertAll(outputs, output => output.ToDoubles());

    private static long Cost(ExecutionPlan plan, List<Trial> trials)
    {
        var macs = LayerCost.Of(plan.Graph).ToDictionary(cost => cost.Node, cost => cost.Macs);
        long Of(int step) => macs[plan.Steps[step].Node];
        return Enumerable.Range(0, plan.Steps.Length).Sum(Of) + trials.Sum(trial => trial.Change.Steps.Sum(Of));
    }

    private static IEnumerable<Trial> Trials(
        SearchSubject subject, ExecutionPlan plan, int[] mapCandidates, int[] weightCandidates, CancellationToken cancellation)
    {
        for (int map = 0; map < subject.Maps.Length; map++)
        {
            if (!subject.Maps[map].IsFree)
                continue;

            for (int candidate = 0; candidate < mapCandidates.Length; candidate++)
            {
                var change = SuffixChange.Rounding(plan, subject.Maps[map].Values, subject.QuantizerOf(map, mapCandidates[candidate]));
                yield return new Trial(true, map, candidate, change);
            }
        }

        for (int conv = 0; conv < subject.Convs.Length; conv++)
        {
            if (subject.Convs[conv].IsImported)
                continue;

            for (int candidate = 0; candidate < weightCandidates.Length; candidate++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (RoundedWeights.Change(subject, plan, subject.Convs[conv].Node, weightCandidates[candidate], cancellation) is { } change)
                    yield return new Trial(false, conv, candidate, change);
            }
        }
    }

    private sealed record Trial(bool IsMap, int Index, int Candidate, SuffixChange Change);
}
