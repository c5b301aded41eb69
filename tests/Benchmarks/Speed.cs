using System;
using System.Globalization;
using System.Linq;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>Host speed of emitted code beside that of onnxruntime-node.</summary>
internal static class Speed
{
    private const int Rounds = 20;
    private const int InferencesPerRound = 50;
    private const int WarmUp = 500;

    /// <summary>Prints both medians and their ratio.</summary>
    public static void Print(EvaluationModel model)
    {
        var emitted = EmittedNetwork.Compile(model);
        using var onnxRuntime = new OnnxRuntimeProcess(ModelsFolder.Model(model.Name), emitted.InputShape);
        emitted.Time(WarmUp);
        onnxRuntime.Time(WarmUp);

        // In turns, so that whatever else the machine does meets both alike.
        var ours = new double[Rounds][];
        var theirs = new double[Rounds][];
        for (int round = 0; round < Rounds; round++)
        {
            ours[round] = emitted.Time(InferencesPerRound);
            theirs[round] = onnxRuntime.Time(InferencesPerRound);
        }

        double ourMedian = Median(ours), theirMedian = Median(theirs);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name}: emitted C# int8 {ourMedian:F1} us, onnxruntime-node float32 {theirMedian:F1} us,"
            + $" ratio {theirMedian / ourMedian:F2} (medians of {Rounds * InferencesPerRound}, one thread each)"));
    }

    private static double Median(double[][] rounds)
    {
        double[] times = rounds.SelectMany(round => round).Order().ToArray();
        return times[times.Length / 2];
    }
}
