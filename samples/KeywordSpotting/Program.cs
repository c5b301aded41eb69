using System;
using System.IO;
using System.Runtime.InteropServices;
using KeywordSpotting;
using QuantMcu.Compiler.Request;
using Samples.Common;

string folder = AppContext.BaseDirectory;
var set = EvaluationSet.Load(Path.Combine(folder, "data"));
var options = new CompileOptions { Mean = [1.0], Std = [1 / 0.0419921875] };
int[] floatClasses = FloatReference.Classify(Path.Combine(folder, "models", "keyword.onnx"), set.Samples, options);

// Raw int8 features in, one code per class out: the largest code is the answer.
byte[] scores = new byte[KeywordSpotter.OutputLength];
int Classify(int sample)
{
    KeywordSpotter.Run(MemoryMarshal.Cast<byte, sbyte>(set.Sample(sample)), scores);
    return Scores.Largest<byte>(scores);
}

int ClassifyMixed(int sample)
{
    SmallKeywordSpotter.Run(MemoryMarshal.Cast<byte, sbyte>(set.Sample(sample)), scores);
    return Scores.Largest<byte>(scores);
}

EvaluationReport.Print(
    set,
    floatClasses,
    new CompiledNetwork("int8", Classify)
    {
        ArenaBytes = KeywordSpotter.ArenaBytes,
        WeightBytes = KeywordSpotter.WeightBytes,
        Patches = $"{KeywordSpotter.PatchRows}x{KeywordSpotter.PatchColumns}",
        ExecutedMacs = KeywordSpotter.ExecutedMacs,
        BitOps = KeywordSpotter.BitOps,
    },
    new CompiledNetwork("mixed", ClassifyMixed)
    {
        ArenaBytes = SmallKeywordSpotter.ArenaBytes,
        WeightBytes = SmallKeywordSpotter.WeightBytes,
        Patches = $"{SmallKeywordSpotter.PatchRows}x{SmallKeywordSpotter.PatchColumns}",
        ExecutedMacs = SmallKeywordSpotter.ExecutedMacs,
        BitOps = SmallKeywordSpotter.BitOps,
    });
