using System.Collections.Immutable;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.Nano;

/// <summary>
/// A layer with all that a general kernel needs: where its operands are, how they lie in memory, and its data. <see cref="Step.Weights"/>
/// are those of a convolution, every output channel (of a depthwise one every tap) on a byte; <see cref="Step.Data"/> are codes: a table, or
/// a pixel of padding.
/// </summary>
/// <param name="Layer">What is computed.</param>
/// <param name="Operands">In the order of the layer's inputs.</param>
/// <param name="Result">What is written.</param>
public sealed record LayerStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, QuantizedLayer Layer, ImmutableArray<NanoOperand> Operands, NanoOperand Result)
    : Step(Title, Inputs, Output)
{
    /// <summary>
    /// Biases, then multipliers (convolution); multipliers (average pool, two slopes); exponentials, then logarithms (softmax); of every
    /// output row, then column, [low, high, fraction] (resampling).
    /// </summary>
    public int[] Numbers { get; init; } = [];

    /// <summary>How a sum or product walks its operands, where they are whole: lines of codes, or all codes at once.</summary>
    public LoopNest? Loops { get; init; }

    /// <summary>Codes of a convolution that wait for their weights: those of one output, for every output of its group.</summary>
    public int WindowBytes { get; init; }
}

/// <summary>A tensor as a kernel sees it.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Layout">How its codes lie in memory.</param>
/// <param name="ZeroPoint">The code of real 0.</param>
/// <param name="Image">
/// Its pixels, where it has four dimensions; of a constant that all pixels of a region share, Pixel and Pitch are 0.
/// </param>
public sealed record NanoOperand(Shape Shape, CodeLayout Layout, int ZeroPoint, ImageShape? Image);
