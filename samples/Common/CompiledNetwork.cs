using System;

namespace Samples.Common;

/// <summary>A class with a compiled network, as the comparison sees it.</summary>
/// <param name="Precision">What its attribute asks for: <c>int8</c> or <c>mixed</c>.</param>
/// <param name="Classify">Class of sample i.</param>
internal sealed record CompiledNetwork(string Precision, Func<int, int> Classify)
{
    /// <summary>The class's constant: RAM for activations.</summary>
    public required int ArenaBytes { get; init; }

    /// <summary>The class's constant: read-only data.</summary>
    public required int WeightBytes { get; init; }

    /// <summary>Rows x columns of patches; 1x1: the network runs layer by layer.</summary>
    public required string Patches { get; init; }

    /// <summary>Multiply-accumulates of one inference, with what patches compute again.</summary>
    public required long ExecutedMacs { get; init; }

    /// <summary>Those multiply-accumulates, each times the bits of its two factors.</summary>
    public required long BitOps { get; init; }
}
