using System.Collections.Immutable;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>The patch stage of a program: what runs for every tile of the split tensor, row by row, before the program's own steps.</summary>
/// <param name="Title">The split tensor and its bits, for people.</param>
/// <param name="Branches">The ways to compute a tile.</param>
/// <param name="Classes">The branch of every tile, row by row.</param>
/// <param name="Outliers">What sends a tile to branch 0, whatever its class; null: nothing.</param>
public sealed record PatchProgram(
    string Title, PatchGrid Grid, Halo Halo, ImmutableArray<BranchProgram> Branches, ImmutableArray<int> Classes, OutlierTest? Outliers);

/// <summary>One way to compute a tile.</summary>
/// <param name="Maps">The feature maps that it writes; the split tensor is one of them.</param>
/// <param name="Steps">What it does, in order.</param>
public sealed record BranchProgram(ImmutableArray<TileMap> Maps, ImmutableArray<TileStep> Steps);

/// <summary>A step of a branch. Its operands that are no feature maps of the branch are what the step says.</summary>
/// <param name="Step">Computes what a tile computes of <paramref name="Output"/>; nothing runs where that is empty.</param>
/// <param name="Inputs">For each input of the step the map that it is, or -1.</param>
/// <param name="Output">The map that it writes.</param>
public sealed record TileStep(Step Step, ImmutableArray<int> Inputs, int Output);

/// <summary>A feature map of a branch: the region that a tile has at hand is in memory, the pixel of its first row and column first.</summary>
/// <param name="Title">Shape, bits, and how much of it is in memory, for people.</param>
/// <param name="Storage">Where it is.</param>
/// <param name="Pitch">Bytes from row to row, for every tile.</param>
/// <param name="Pixel">Bytes of a pixel.</param>
/// <param name="Rows">For every row of tiles.</param>
/// <param name="Columns">For every column of tiles.</param>
public sealed record TileMap(
    string Title, Storage Storage, int Pitch, int Pixel, ImmutableArray<TileExtent> Rows, ImmutableArray<TileExtent> Columns)
{
    /// <summary>Where rows wait for the next row of tiles, all columns of the image; null where no tile needs any.</summary>
    public HaloCache? RowCache { get; init; }

    /// <summary>Where columns wait for the next tile; null where no tile needs any.</summary>
    public HaloCache? ColumnCache { get; init; }
}

/// <summary>A buffer of halos.</summary>
/// <param name="Pitch">Bytes from row to row.</param>
public sealed record HaloCache(Storage Storage, int Pitch);

/// <summary>
/// Rows (or columns) of a feature map that a tile has in memory: Begin .. End - 1. Those before Fresh come from caches, the others it computes;
/// those from Keep on are what the next tile needs.
/// </summary>
public readonly record struct TileExtent(int Begin, int Fresh, int End, int Keep);

/// <summary>Whether a tile holds an outlier: a code below Low or above High in the region of an input that it reads.</summary>
/// <param name="Input">Which input.</param>
/// <param name="Signed">Its samples are codes less 128.</param>
/// <param name="Pitch">Bytes from row to row of the caller's input.</param>
/// <param name="Pixel">Bytes of a pixel.</param>
/// <param name="Rows">What every row of tiles reads.</param>
/// <param name="Columns">What every column of tiles reads.</param>
public sealed record OutlierTest(
    int Input, bool Signed, int Low, int High, int Pitch, int Pixel, ImmutableArray<TileExtent> Rows, ImmutableArray<TileExtent> Columns);
