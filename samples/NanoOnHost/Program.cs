using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using NanoKeywords;
using NanoMeter;
using Samples.Common;

// The classes of the nanoFramework samples on this machine: what the boards must answer, and the hashes by which they find their models.
var meter = EvaluationSet.Load(Path.Combine(AppContext.BaseDirectory, "meter"));
var window = EvaluationSet.Load(Path.Combine(AppContext.BaseDirectory, "window"));
var keywords = EvaluationSet.Load(Path.Combine(AppContext.BaseDirectory, "keywords"));

Print("Meter", Meter.ContentHash, meter, Meter.OutputLength, (sample, scores) => Meter.Run(meter.Sample(sample), scores));
Print(
    "SmallMeter", SmallMeter.ContentHash, window, SmallMeter.OutputLength,
    (sample, scores) => SmallMeter.Run(window.Sample(sample), scores));
Print(
    "Keywords", Keywords.ContentHash, keywords, Keywords.OutputLength,
    (sample, scores) => Keywords.Run(MemoryMarshal.Cast<byte, sbyte>(keywords.Sample(sample)), scores));

static void Print(string name, string contentHash, EvaluationSet set, int outputs, Action<int, byte[]> run)
{
    byte[] scores = new byte[outputs];
    int Predict(int sample)
    {
        run(sample, scores);
        return Scores.Largest<byte>(scores);
    }

    int right = Enumerable.Range(0, set.Count).Count(sample => Predict(sample) == set.Labels[sample]);
    Console.WriteLine($"{name}: {right} of {set.Count} right, content hash {contentHash}");
    Predict(0);
    Console.WriteLine($"  first sample: {set.ClassNames[Scores.Largest<byte>(scores)]}, codes {string.Join(" ", scores)}");
}
