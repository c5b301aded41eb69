using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Searching;

namespace QuantMcu.Compiler.Reports;

/// <summary>All figures of a compiled model that reports show: every form of report (text, JSON, HTML) prints these.</summary>
/// <param name="Name">The model's name, untrusted.</param>
public sealed record NetworkReport(string Name)
{
    /// <summary>Inputs first, then layers in order of execution: the patch stage, then the tail.</summary>
    public ImmutableArray<MapFigures> Maps { get; init; } = ImmutableArray<MapFigures>.Empty;

    /// <summary>What runs patch by patch; null: nothing does.</summary>
    public PatchFigures? Patches { get; init; }

    /// <summary>Groups of layers behind the patches that run together, tile by tile.</summary>
    public int FusedLayers { get; init; }

    /// <summary>Multiply-accumulates of one inference layer by layer, padding taps counted.</summary>
    public long LayerwiseMacs => Maps.Sum(map => map.Macs);

    /// <summary>The arena of one inference.</summary>
    public MemoryFigures Memory { get; init; } = MemoryFigures.None;

    /// <summary>Read-only data in bytes: weights, biases, multipliers, tables; what branches share counted once.</summary>
    public int FlashBytes { get; init; }

    public SearchReport Search { get; init; } = new();

    /// <summary>How well the network does on given samples; null: none were given.</summary>
    public AccuracyFigures? Accuracy { get; init; }

    /// <summary>A calibration sample as a picture; null where the input is no image or there are no samples.</summary>
    public Picture? Picture { get; init; }

    /// <summary>The options of the request, by name.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Options { get; init; } = ImmutableArray<KeyValuePair<string, string>>.Empty;

    /// <summary>Multiply-accumulates that one inference executes, halos computed again included.</summary>
    public long ExecutedMacs => Maps.Sum(map => map.ExecutedMacs);

    /// <summary>The whole network.</summary>
    public BitOpsFigures BitOps => BitOpsFigures.Sum(Maps);

    /// <summary>The patch stage alone; null where there is none.</summary>
    public BitOpsFigures? StageBitOps => Patches is null ? null : BitOpsFigures.Sum(Maps.Where(map => map.InStage));

    /// <summary>The processor of <see cref="Instructions"/>: the target, or where that is <see cref="Target.Generic"/> a Cortex-M4.</summary>
    public Target InstructionsOn { get; init; }

    /// <summary>Instructions that the cost model predicts for the convolutions of one inference; null where it was not asked.</summary>
    public double? Instructions => Maps.Any(map => map.Instructions is not null) ? Maps.Sum(map => map.Instructions ?? 0) : null;
}

/// <summary>A feature map and the layer that makes it.</summary>
/// <param name="Name">Name of the tensor, untrusted.</param>
/// <param name="Operator">"Conv", "Input", ...</param>
/// <param name="Shape">Without the batch axis: "48x48x16".</param>
/// <param name="InStage">Computed patch by patch.</param>
/// <param name="Sources">The maps that the layer reads, as indices into <see cref="NetworkReport.Maps"/>.</param>
/// <param name="Bits">Bits of the map, one per branch; one in the tail.</param>
public sealed record MapFigures(
    string Name, string Operator, string Shape, bool InStage, ImmutableArray<int> Sources, ImmutableArray<int> Bits)
{
    /// <summary>Computed tile by tile together with its neighbours, behind the patch stage; the map is whole only if it is the last of them.</summary>
    public bool Fused { get; init; }

    /// <summary>Bits of the layer's weights; null where it has none.</summary>
    public int? WeightBits { get; init; }

    /// <summary>Multiply-accumulates of one execution on the whole map.</summary>
    public long Macs { get; init; }

    /// <summary>Multiply-accumulates of all tiles together.</summary>
    public long ExecutedMacs { get; init; }

    public BitOpsFigures BitOps { get; init; } = new(0, 0, 0);

    /// <summary>Read-only data of the layer in bytes.</summary>
    public int FlashBytes { get; init; }

    /// <summary>Predicted by the cost model, which knows convolutions; null elsewhere, or where it was not asked.</summary>
    public double? Instructions { get; init; }
}

/// <summary>BitOPs (MACs x bits of one factor x bits of the other) of a scope, and of two 8-bit networks in the same scope.</summary>
/// <param name="Executed">Of this network.</param>
/// <param name="Int8Patches">Of the 8-bit network with the same patches, halos computed again: the baseline of the QuantMCU paper.</param>
/// <param name="Int8Layers">Of the 8-bit network layer by layer.</param>
public sealed record BitOpsFigures(long Executed, long Int8Patches, long Int8Layers)
{
    /// <summary>How many times fewer than the 8-bit patches; 1 where nothing is multiplied.</summary>
    public double AgainstPatches => Executed == 0 ? 1 : (double)Int8Patches / Executed;

    /// <summary>How many times fewer than 8 bits layer by layer; 1 where nothing is multiplied.</summary>
    public double AgainstLayers => Executed == 0 ? 1 : (double)Int8Layers / Executed;

    public static BitOpsFigures Sum(IEnumerable<MapFigures> maps) =>
        maps.Aggregate(new BitOpsFigures(0, 0, 0), (sum, map) => new BitOpsFigures(
            sum.Executed + map.BitOps.Executed, sum.Int8Patches + map.BitOps.Int8Patches, sum.Int8Layers + map.BitOps.Int8Layers));
}

/// <summary>The arena as it was planned.</summary>
/// <param name="Plan">Buffers, their lives and their places.</param>
/// <param name="Steps">What each step of the plan does: of every branch the layers of one tile, then the tail.</param>
public sealed record MemoryFigures(ArenaPlan Plan, ImmutableArray<MemoryStepFigures> Steps)
{
    public static readonly MemoryFigures None = new(
        new ArenaPlan(ImmutableArray<ArenaBuffer>.Empty, ImmutableArray<int>.Empty, 1, 0, 0, -1, ImmutableArray<int>.Empty),
        ImmutableArray<MemoryStepFigures>.Empty);

    public int ArenaBytes => Plan.TotalBytes;
}

/// <summary>A step of a memory plan.</summary>
/// <param name="Branch">The branch of the patch stage that runs; null for the tail.</param>
/// <param name="Title">What it does, for people.</param>
public sealed record MemoryStepFigures(int? Branch, string Title);

/// <summary>The patch stage.</summary>
/// <param name="Split">Name of the split tensor, untrusted.</param>
/// <param name="Grid">How it is cut.</param>
/// <param name="Halo">What becomes of shared pixels.</param>
/// <param name="Branches">Number of branches.</param>
/// <param name="Dynamic">A tile with an outlier is computed by branch 0, whatever its class.</param>
/// <param name="Tiles">Row by row.</param>
public sealed record PatchFigures(
    string Split, PatchGrid Grid, Halo Halo, int Branches, bool Dynamic, ImmutableArray<TileFigures> Tiles);

/// <summary>One tile.</summary>
/// <param name="Branch">The branch that computes it.</param>
/// <param name="Share">Its share of the input, as fractions of the image: the tile's part of the split tensor, scaled.</param>
/// <param name="Reads">What it reads of the input, halo included, as fractions of the image.</param>
/// <param name="Outlier">Whether VDPC calls it an outlier patch; null where it was not asked.</param>
/// <param name="OutlierShare">Share of calibration samples whose tile holds an outlier; null where VDPC was not asked.</param>
public sealed record TileFigures(int Branch, Fraction Share, Fraction Reads, bool? Outlier, double? OutlierShare);

/// <summary>A rectangle in an image, from 0 to 1 along both axes.</summary>
public readonly record struct Fraction(double Top, double Left, double Bottom, double Right);

/// <summary>Results on samples.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="FloatTop1">Percent that the float network gets right; null without labels.</param>
/// <param name="QuantizedTop1">Percent that the quantized network gets right; null without labels.</param>
/// <param name="Agreement">Percent on which both name the same class.</param>
public sealed record AccuracyFigures(int Samples, double? FloatTop1, double? QuantizedTop1, double Agreement);

/// <summary>Pixels, row by row, channels last, 0 .. 255.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Pixels">Height x Width x Channels bytes.</param>
public sealed record Picture(int Height, int Width, int Channels, ImmutableArray<byte> Pixels);
