using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Benchmarks.Results;

/// <summary>
/// Compares emitted C# with the integer interpreter on all evaluation samples: networks of mixed precision in the RAM of 8-bit patches and in a
/// quarter of what 8 bits take layer by layer, and a network of the published search with patches examined at run time.
/// </summary>
internal static class VerifyCommand
{
    /// <param name="names">Networks; empty: all.</param>
    /// <returns>0 where all samples are equal.</returns>
    public static int Run(IReadOnlyCollection<string> names)
    {
        int differences = 0;
        foreach (var model in ResultModel.All.Where(model => names.Count == 0 || names.Contains(model.Name)))
        {
            var subject = new Subject(model, int.MaxValue);
            foreach (var (title, options) in Requests(model, subject))
                differences += Verify(model, subject, title, options);
        }

        return differences == 0 ? 0 : 1;
    }

    private static IEnumerable<(string Title, CompileOptions Options)> Requests(ResultModel model, Subject subject)
    {
        int layerwise = subject.ArenaOf(model.Evaluation.Options with { Patches = PatchGrid.Whole });
        int patched = subject.ArenaOf(model.Evaluation.Options with { Patches = model.Grid, Halo = Halo.Recompute });
        var mixed = model.Evaluation.Options with { Precision = Precision.Mixed, Search = Search.Output, WeightBits = 4 };
        yield return ("mixed", mixed with { Ram = patched });
        yield return ("mixed, less RAM", mixed with { Ram = layerwise / 4 });
        yield return ("published, dynamic", ResultRows.Published(model) with { Classification = PatchClassification.Dynamic });
    }

    private static int Verify(ResultModel model, Subject subject, string title, CompileOptions options)
    {
        var (network, differences) = subject.Verify(options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name}, {title}: {subject.Samples - differences} of {subject.Samples} samples equal; patches {Stage(network)}, "
            + $"{network.Layers.Count(layer => layer is FusedLayer)} fused groups, {NetworkMemory.Plan(network, default).TotalBytes} bytes"));
        return differences;
    }

    private static string Stage(QuantizedNetwork network) =>
        network.Patches is { } stage ? stage.Grid + " " + stage.Halo : "none";
}
