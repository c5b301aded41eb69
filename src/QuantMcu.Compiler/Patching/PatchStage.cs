using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// The first part of a network, computed tile by tile in raster order. A tile is computed by one of the branches: the same layers and the same
/// weights with feature maps of other bit widths and scales.
/// </summary>
/// <param name="Output">The split tensor, an index into the tensors of the network that the stage belongs to. It is stored whole.</param>
/// <param name="Grid">
/// How the split tensor is cut. With <see cref="Halo.Cache"/> some tiles have no part of it: they compute ahead what later ones read.
/// </param>
/// <param name="Halo">With <see cref="Halo.Cache"/> there is exactly one branch: what one tile leaves, another tile reads.</param>
/// <param name="Branches">At least one.</param>
/// <param name="Classes">The branch of every tile, row by row: an index into <paramref name="Branches"/>.</param>
public sealed record PatchStage(int Output, PatchGrid Grid, Halo Halo, ImmutableArray<PatchBranch> Branches, ImmutableArray<int> Classes)
{
    /// <summary>
    /// Dynamic classification: a tile in which it finds an outlier is computed by branch 0, whatever its class; null where classes alone decide.
    /// </summary>
    public PatchClassifier? Classifier { get; init; }
}

/// <summary>One way to compute a tile.</summary>
/// <param name="Network">
/// The layers of the stage. Inputs are those of the network that the stage belongs to, all of them and in its order; the only output is the split
/// tensor, with the shape and the quantizer that it has there.
/// </param>
public sealed record PatchBranch(QuantizedNetwork Network)
{
    /// <summary>What each tile computes and reads.</summary>
    public PatchPlan Plan(PatchGrid grid, Halo halo) => new(SplitPoint.Whole(Network), grid, halo);
}

/// <summary>
/// Looks for outliers at run time: a tile holds one if any code of input <paramref name="Input"/>, in the region that the tile reads, is below
/// <paramref name="Low"/> or above <paramref name="High"/>.
/// </summary>
/// <param name="Input">Index of the network's input.</param>
/// <param name="Low">Smallest code that is no outlier; 0 if none is too small.</param>
/// <param name="High">Largest code that is no outlier; 255 if none is too large.</param>
public sealed record PatchClassifier(int Input, int Low, int High);
