using System.Collections.Generic;
using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>What a caller may decide about a model that it imports.</summary>
public sealed record ImportOptions
{
    public static readonly ImportOptions Default = new();

    /// <summary>Shape of the input that the model leaves open, or null. A symbolic batch needs none: it becomes 1.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>Graph inputs, by name, that become constants of these values; inputs of other names are left alone.</summary>
    public IReadOnlyDictionary<string, Tensor> PinnedInputs { get; init; } = ImmutableDictionary<string, Tensor>.Empty;
}
