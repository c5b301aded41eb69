using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Cli.Evaluation;

/// <summary>
/// What <c>evaluate --json</c> prints; docs/cli.md is its reference. The names are the properties' in snake_case, in this order,
/// and scripts rely on them.
/// </summary>
internal sealed record EvaluationReport(string Model)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Samples evaluated.</summary>
    public int Samples { get; init; }

    /// <summary>Percent of samples that the float model gets right; null without labels.</summary>
    public double? FloatTop1 { get; init; }

    /// <summary>Percent of samples that the quantized model gets right; null without labels.</summary>
    public double? QuantizedTop1 { get; init; }

    /// <summary>Percent of samples on which both give the same class.</summary>
    public double Agreement { get; init; }

    /// <summary>Multiply-accumulates of one inference, layer by layer.</summary>
    public long MacsLayerwise { get; init; }

    /// <summary>The same with what patches compute again; equal where there is no patch stage.</summary>
    public long MacsExecuted { get; init; }

    /// <summary>BitOPs of the 8-bit patch-based network; of the layer-by-layer one where there is no patch stage.</summary>
    public long BitopsInt8Patch { get; init; }

    /// <summary>BitOPs executed: the sum of MACs times activation bits times weight bits.</summary>
    public long Bitops { get; init; }

    public double BitopsRatio => Bitops == 0 ? 1 : (double)BitopsInt8Patch / Bitops;

    /// <summary>The same ratio of the patch stage alone; null where there is none.</summary>
    public double? BitopsRatioPatchStage { get; init; }

    /// <summary>RAM that one inference needs.</summary>
    public int ArenaBytes { get; init; }

    /// <summary>Read-only data: weights, biases, multipliers, tables.</summary>
    public int FlashBytes { get; init; }

    public double CalibrateSeconds { get; init; }

    /// <summary>Choosing patches and bit widths; 0 where nothing was to be chosen.</summary>
    public double SearchSeconds { get; init; }

    /// <summary>Every feature map, the inputs first.</summary>
    public ImmutableArray<TensorReport> Tensors { get; init; } = [];

    public static EvaluationReport Of(NetworkReport report, double calibrateSeconds, double searchSeconds)
    {
        var accuracy = report.Accuracy!;
        return new EvaluationReport(report.Name)
        {
            Samples = accuracy.Samples,
            FloatTop1 = accuracy.FloatTop1,
            QuantizedTop1 = accuracy.QuantizedTop1,
            Agreement = accuracy.Agreement,
            MacsLayerwise = report.LayerwiseMacs,
            MacsExecuted = report.ExecutedMacs,
            BitopsInt8Patch = report.BitOps.Int8Patches,
            Bitops = report.BitOps.Executed,
            BitopsRatioPatchStage = report.StageBitOps?.AgainstPatches,
            ArenaBytes = report.Memory.ArenaBytes,
            FlashBytes = report.FlashBytes,
            CalibrateSeconds = calibrateSeconds,
            SearchSeconds = searchSeconds,
            Tensors = report.Maps.Select(map => TensorReport.Of(map, report.Patches)).ToImmutableArray(),
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}

/// <param name="Name">The model's name for the tensor.</param>
/// <param name="Bits">Bits of one activation; of a tensor of a patch stage, the most that a branch gives it.</param>
/// <param name="PatchClasses">The branch that computes it in every patch, row by row; null for a tensor outside a patch stage.</param>
/// <param name="PatchBits">Its bits in every patch, row by row; null for a tensor outside a patch stage.</param>
internal sealed record TensorReport(string Name, int Bits, IReadOnlyList<int>? PatchClasses, IReadOnlyList<int>? PatchBits)
{
    public static TensorReport Of(MapFigures map, PatchFigures? patches) => new(
        map.Name,
        map.Bits.Max(),
        map.InStage ? patches!.Tiles.Select(tile => tile.Branch).ToArray() : null,
        map.InStage ? patches!.Tiles.Select(tile => map.Bits[tile.Branch]).ToArray() : null);
}
