using System;
using System.Globalization;
using System.Linq;
using QuantMcu.Benchmarks;
using QuantMcu.Testing;

const int Rounds = 20, InferencesPerRound = 50, WarmUp = 500;

string name = args.Length > 0 ? args[0] : "mobilenetv2_w035_r128_imagenet";
if (!ModelsFolder.Exists)
{
    Console.Error.WriteLine("needs the models folder beside the repository (../shared/models)");
    return 1;
}

var emitted = EmittedNetwork.Compile(EvaluationModel.Named(name));
using var onnxRuntime = new OnnxRuntimeProcess(ModelsFolder.Model(name), emitted.InputShape);
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
    $"{name}: emitted C# int8 {ourMedian:F1} us, onnxruntime-node float32 {theirMedian:F1} us, ratio {theirMedian / ourMedian:F2}"
    + $" (medians of {Rounds * InferencesPerRound}, one thread each)"));
return 0;

static double Median(double[][] rounds)
{
    double[] times = rounds.SelectMany(round => round).Order().ToArray();
    return times[times.Length / 2];
}
