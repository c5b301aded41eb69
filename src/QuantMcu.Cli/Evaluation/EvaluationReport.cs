using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;

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

    /// <summary>0 where no search of bit widths was asked for.</summary>
    public double SearchSeconds { get; init; }

    /// <summary>Every activation.</summary>
    public ImmutableArray<TensorReport> Tensors { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}

/// <param name="Name">The model's name for the tensor.</param>
/// <param name="Bits">Bits of one activation.</param>
/// <param name="PatchClasses">Class of every patch, row by row; null for a tensor outside a patch stage.</param>
internal sealed record TensorReport(string Name, int Bits, IReadOnlyList<string>? PatchClasses);
