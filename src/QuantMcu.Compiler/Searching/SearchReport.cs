using System.Collections.Immutable;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Searching;

/// <summary>Everything that the compiler decided beyond the model itself, and why: patches, classes of patches, bit widths.</summary>
public sealed record SearchReport
{
    /// <summary>How bit widths were chosen; null: all of them are 8.</summary>
    public Search? Method { get; init; }

    /// <summary>The patch plan that was chosen, or why there is none.</summary>
    public string PatchReason { get; init; } = "";

    /// <summary>The plans that were compared, in the order in which they were, the chosen one among them.</summary>
    public ImmutableArray<PlanCandidate> Plans { get; init; } = ImmutableArray<PlanCandidate>.Empty;

    /// <summary>What VDPC found; null where it was not asked.</summary>
    public VdpcReport? Vdpc { get; init; }

    /// <summary>Decisions about feature maps: of every branch of the patch stage, then of the tail. Empty at 8 bits throughout.</summary>
    public ImmutableArray<ScopeReport> Scopes { get; init; } = ImmutableArray<ScopeReport>.Empty;

    /// <summary>Decisions about weights, by layer, in execution order. Empty at 8 bits throughout.</summary>
    public ImmutableArray<WeightDecision> Weights { get; init; } = ImmutableArray<WeightDecision>.Empty;

    /// <summary>VDQS: weight of accuracy against computation.</summary>
    public double? Lambda { get; init; }

    /// <summary>Search = Output: divergence of the outputs beyond 8 bits: the sum over all choices, as predicted; see docs/search.md.</summary>
    public double? PredictedDamage { get; init; }

    /// <summary>
    /// Search = Output: what the final integer network is expected to lose beyond 8 bits: of classifiers top-1 accuracy, 0 .. 1, of other networks relative
    /// squared error; from its outputs on calibration samples.
    /// </summary>
    public double? MeasuredDamage { get; init; }

    /// <summary>Search = Output: what <see cref="MeasuredDamage"/> was allowed to be.</summary>
    public double? MaxDamage { get; init; }

    /// <summary>Executed multiply-accumulates of all forward passes that the search made.</summary>
    public long SearchMacs { get; init; }

    /// <summary>What happened, line by line, in order: for people.</summary>
    public ImmutableArray<string> Log { get; init; } = ImmutableArray<string>.Empty;
}

/// <summary>One way to run a network's first part patch by patch, or (split "") layer by layer.</summary>
/// <param name="Split">Name of the split tensor; empty: no patches.</param>
/// <param name="Grid">How it is cut; 1x1 without patches.</param>
/// <param name="Halo">What is done with shared pixels.</param>
/// <param name="ExecutedMacs">Multiply-accumulates of one inference, halos and tail included.</param>
/// <param name="ArenaBytes">The arena, at the bit widths compared.</param>
/// <param name="PredictedInstructions">
/// By the cost model of the target, at the bit widths compared: instructions, or for a generic target 8-bit multiply-accumulates by BitOPs; 0 where
/// it was not asked.
/// </param>
/// <param name="Chosen">The one that the network uses.</param>
public sealed record PlanCandidate(
    string Split, PatchGrid Grid, Halo Halo, long ExecutedMacs, int ArenaBytes, double PredictedInstructions, bool Chosen)
{
    /// <summary>Groups of layers that are fused behind the patches, or throughout.</summary>
    public int Fused { get; init; }
}

/// <summary>VDPC: which tiles hold outliers.</summary>
/// <param name="Tensor">Name of the classified tensor.</param>
/// <param name="Mean">Of the Gaussian, over the calibration set, in the tensor's units (input codes of raw samples).</param>
/// <param name="Deviation">Of the Gaussian.</param>
/// <param name="Phi">Central mass outside which a value is an outlier.</param>
/// <param name="Low">Values below are outliers.</param>
/// <param name="High">Values above are outliers.</param>
/// <param name="Vote">Share of samples above which a position is an outlier patch.</param>
/// <param name="Shares">For every tile, row by row: share of calibration samples whose tile holds an outlier.</param>
/// <param name="Outliers">For every tile: whether it is an outlier patch.</param>
public sealed record VdpcReport(
    string Tensor,
    double Mean,
    double Deviation,
    double Phi,
    double Low,
    double High,
    double Vote,
    ImmutableArray<double> Shares,
    ImmutableArray<bool> Outliers);

/// <summary>The feature maps of one branch, or of the tail.</summary>
/// <param name="Name">"branch 0", "tail" or, layer by layer, "network".</param>
/// <param name="Branch">Index of the branch; null for the tail.</param>
/// <param name="Tiles">The tiles that the branch computes, row by row from 0; empty for the tail.</param>
/// <param name="Maps">In execution order.</param>
public sealed record ScopeReport(string Name, int? Branch, ImmutableArray<int> Tiles, ImmutableArray<MapDecision> Maps);

/// <summary>The bits of one feature map.</summary>
/// <param name="Map">Name of the tensor; values that share a quantizer are one map, named after the first.</param>
/// <param name="Bits">What was chosen.</param>
/// <param name="Reason">Why, for people: "best score", "lowered to fit Ram", "fixed: network output".</param>
/// <param name="Candidates">All bit widths that were compared, 8 first; empty where none could be.</param>
public sealed record MapDecision(string Map, int Bits, string Reason, ImmutableArray<CandidateScore> Candidates);

/// <summary>The bits of one layer's weights.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <inheritdoc cref="MapDecision"/>
public sealed record WeightDecision(string Layer, int Bits, string Reason, ImmutableArray<CandidateScore> Candidates);

/// <summary>What one bit width is worth. VDQS fills Score to Phi, Search = Output fills Damage; both give BitOps.</summary>
/// <param name="Bits">8, 4 or 2.</param>
/// <param name="BitOps">Of the layers that read the map (or have the weights), the other factor at 8 bits.</param>
public sealed record CandidateScore(int Bits, long BitOps)
{
    /// <summary>VDQS: S = -lambda * Omega + (1 - lambda) * Phi.</summary>
    public double? Score { get; init; }

    /// <summary>VDQS: entropy of the map after quantization, in bits.</summary>
    public double? Entropy { get; init; }

    /// <summary>VDQS: relative loss of entropy against 8 bits.</summary>
    public double? Omega { get; init; }

    /// <summary>VDQS: normalised reduction of BitOPs.</summary>
    public double? Phi { get; init; }

    /// <summary>Search = Output: divergence of the network's output.</summary>
    public double? Damage { get; init; }
}
