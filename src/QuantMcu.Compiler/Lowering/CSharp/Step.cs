using System.Collections.Immutable;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// One call of a kernel: what it reads, what it writes, what it needs. Pure data; the printers turn it into text.
/// </summary>
/// <param name="Title">
/// For people: <c>Conv 3x3/2 96x96x1 -> 48x48x16, 8-bit, 331,776 MACs</c>. Made of our own words and numbers only.
/// </param>
/// <param name="Inputs">What it reads, in the order of the layer's inputs.</param>
/// <param name="Output">What it writes, every byte of it.</param>
public abstract record Step(string Title, ImmutableArray<Storage> Inputs, Storage Output)
{
    /// <summary>Read-only data in the kernel's own layout.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>
    /// Packed weights, read-only too, but for themselves: branches of a patch stage that differ in scales only have them in common.
    /// </summary>
    public byte[] Weights { get; init; } = [];

    /// <summary>The images of a step that computes one region after another; null for a step that computes its output whole.</summary>
    public RegionImages? Region { get; init; }

    /// <summary>How operands lie in memory; null where every code is a byte, or the kernel moves whole bytes.</summary>
    public Packing? Packing { get; init; }

    /// <summary>The kernel moves whole bytes, whatever the codes in them: all its sizes are bytes.</summary>
    public bool MovesBytes { get; init; }
}
