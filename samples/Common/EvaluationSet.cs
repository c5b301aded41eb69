using System.IO;
using System.Text.Json;
using QuantMcu.Compiler.Calibration;

namespace Samples.Common;

/// <summary>The labelled samples of a sample program.</summary>
/// <param name="Samples">Raw samples, index first, from <c>eval_x.npy</c>.</param>
/// <param name="Labels">Class of every sample, from <c>eval_y.npy</c>.</param>
/// <param name="ClassNames">From <c>info.json</c>.</param>
internal sealed record EvaluationSet(SampleSet Samples, int[] Labels, string[] ClassNames)
{
    /// <param name="folder">The program's folder of data.</param>
    public static EvaluationSet Load(string folder)
    {
        using var info = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "info.json")));
        return new EvaluationSet(
            NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, "eval_x.npy"))),
            NpyReader.ReadLabels(File.ReadAllBytes(Path.Combine(folder, "eval_y.npy"))),
            info.RootElement.GetProperty("labels").Deserialize<string[]>()!);
    }

    public int Count => Samples.Count;

    /// <summary>The raw bytes of one sample.</summary>
    public System.ReadOnlySpan<byte> Sample(int index) =>
        System.MemoryExtensions.AsSpan(Samples.Bytes, index * Samples.SampleElements, Samples.SampleElements);
}
