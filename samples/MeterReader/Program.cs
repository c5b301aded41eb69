using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MeterReader;
using MeterReader.Sheet;
using QuantMcu.Compiler.Request;
using Samples.Common;

const int SheetColumns = 12, SheetRows = 8;

string folder = AppContext.BaseDirectory;
var set = EvaluationSet.Load(Path.Combine(folder, "data"));
var options = new CompileOptions { Mean = [112.0], Std = [64.0] };
int[] floatClasses = FloatReference.Classify(Path.Combine(folder, "models", "meter.onnx"), set.Samples, options);

// Raw pixels in, one code per class out: the largest code is the answer.
byte[] scores = new byte[MeterClassifier.OutputLength];
int Classify(int sample)
{
    MeterClassifier.Run(set.Sample(sample), scores);
    return Scores.Largest<byte>(scores);
}

int ClassifyMixed(int sample)
{
    SmallMeterClassifier.Run(set.Sample(sample), scores);
    return Scores.Largest<byte>(scores);
}

int[] predictions = EvaluationReport.Print(
    set,
    floatClasses,
    new CompiledNetwork("int8", Classify)
    {
        ArenaBytes = MeterClassifier.ArenaBytes,
        WeightBytes = MeterClassifier.WeightBytes,
        Patches = $"{MeterClassifier.PatchRows}x{MeterClassifier.PatchColumns}",
        ExecutedMacs = MeterClassifier.ExecutedMacs,
        BitOps = MeterClassifier.BitOps,
    },
    new CompiledNetwork("mixed", ClassifyMixed)
    {
        ArenaBytes = SmallMeterClassifier.ArenaBytes,
        WeightBytes = SmallMeterClassifier.WeightBytes,
        Patches = $"{SmallMeterClassifier.PatchRows}x{SmallMeterClassifier.PatchColumns}",
        ExecutedMacs = SmallMeterClassifier.ExecutedMacs,
        BitOps = SmallMeterClassifier.BitOps,
    })[0];

int right = predictions.Zip(set.Labels).Count(pair => pair.First == pair.Second);
string title = string.Create(
    CultureInfo.InvariantCulture,
    $"METER READER, 8-BIT: {right} OF {set.Count} RIGHT,"
    + $" {MeterClassifier.ArenaBytes} BYTES OF RAM, {MeterClassifier.WeightBytes} OF WEIGHTS");
var readings = Enumerable.Range(0, Math.Min(SheetColumns * SheetRows, set.Count))
    .Select(i => new Reading(set.Sample(i).ToArray(), set.ClassNames[predictions[i]], set.ClassNames[set.Labels[i]])).ToList();
PngWriter.Write("meter-predictions.png", PredictionSheet.Draw(title, readings, SheetColumns));
Console.WriteLine("wrote meter-predictions.png");
