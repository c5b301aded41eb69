using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Benchmarks.Results;

/// <summary>The rows of a network's table.</summary>
internal static class ResultRows
{
    /// <summary>Points of top-1 (or of agreement with float) that the smallest network may lose.</summary>
    public const double MostLoss = 1;

    private static readonly double[] RamSteps = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08];

    /// <summary>The rows of 8 bits, and of QuantMCU as published.</summary>
    public static IEnumerable<(string Title, CompileOptions Options)> Of(ResultModel model)
    {
        var plain = model.Evaluation.Options;
        var recompute = plain with { Patches = model.Grid, Halo = Halo.Recompute };
        var published = Published(model);
        yield return ("int8, layer by layer", plain with { Patches = PatchGrid.Whole });
        yield return ("int8 patches, recomputed (baseline)", recompute);
        yield return ("int8 patches, cached", recompute with { Halo = Halo.Cache });
        yield return ("QuantMCU as published, W8", published);
        yield return ("the same, patch stage only", published with { StageOnly = true });
        yield return ("the same, dynamic VDPC", published with { Classification = PatchClassification.Dynamic });
    }

    public static CompileOptions Published(ResultModel model) => model.Evaluation.Options with
    {
        Patches = model.Grid, Halo = Halo.Recompute, Precision = Precision.Mixed, Search = Search.Entropy, WeightBits = 8,
    };

    /// <summary>The rows of Search = Output, in the RAM of the baseline.</summary>
    public static IEnumerable<(string Title, CompileOptions Options)> ByOutput(ResultModel model, int ram)
    {
        var output = model.Evaluation.Options with { Precision = Precision.Mixed, Search = Search.Output, Ram = ram };
        yield return ("Search = Output, W8", output with { WeightBits = 8 });
        yield return ("Search = Output, W4", output with { WeightBits = 4 });
    }

    /// <summary>Networks under smaller and smaller RAM budgets, from that of the 8-bit network on, until none fits or accuracy is gone.</summary>
    public static IEnumerable<Measurement> UnderRam(Subject subject, CompileOptions options, int from, double mostLoss)
    {
        foreach (double step in RamSteps)
        {
            var found = Try(subject, options with { Ram = (int)(from * step) });
            if (found is null)
                yield break;

            yield return found;
            if (found.Loss > mostLoss)
                yield break;
        }
    }

    /// <summary>The smallest arena that loses at most <see cref="MostLoss"/>; null where there is none.</summary>
    public static Measurement? Smallest(IEnumerable<Measurement> candidates) => candidates
        .Where(candidate => candidate.Loss <= MostLoss + 1e-9)
        .OrderBy(candidate => candidate.Report.Memory.ArenaBytes).FirstOrDefault();

    /// <summary>Null where the options cannot be met.</summary>
    public static Measurement? Try(Subject subject, CompileOptions options, bool afresh = false)
    {
        try
        {
            return subject.Measure(options, afresh);
        }
        catch (ModelException exception) when (exception.Diagnostic.Id.StartsWith("QMCU400", System.StringComparison.Ordinal))
        {
            return null;
        }
    }
}
