using System.Collections.Immutable;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Images, channels last, and how they lie in memory.</summary>
public sealed record ImageShape(int Batch, int Height, int Width, int Channels)
{
    public int Pixels => Height * Width;

    public int Elements => Batch * Pixels * Channels;

    /// <summary>Bytes from a pixel to its right neighbour.</summary>
    public int Pixel { get; init; } = Channels;

    /// <summary>Bytes from a row to the next. Less than a whole row where only a part of the columns is kept at a time.</summary>
    public int Pitch { get; init; } = Width * Channels;
}

/// <summary>
/// Operands of a step that is called for one region of its output after another. Its pointers stand for row 0, column 0 of the images, whichever
/// rows and columns there are in memory.
/// </summary>
/// <param name="Inputs">In the order of the step's inputs; a constant that all pixels share is one pixel, and Pixel and Pitch are 0.</param>
public sealed record RegionImages(ImmutableArray<ImageShape> Inputs, ImageShape Output);
