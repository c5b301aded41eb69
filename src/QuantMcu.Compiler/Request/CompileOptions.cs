using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Request;

/// <summary>
/// What a user may ask for. The attribute, MSBuild item metadata and the command line all end here, by the same names and through
/// the same parser (<c>OptionParser</c>). Value equality: it is part of the generator's cache key.
/// </summary>
public sealed record CompileOptions
{
    public static readonly CompileOptions Default = new();

    /// <summary>Mean of the raw input, empty, one value, or one per channel, in units of the raw sample.</summary>
    public ImmutableArray<double> Mean { get; init; } = ImmutableArray<double>.Empty;

    /// <summary>Standard deviation of the raw input: the float network sees (raw - Mean) / Std.</summary>
    public ImmutableArray<double> Std { get; init; } = ImmutableArray<double>.Empty;

    public Precision Precision { get; init; } = Precision.Int8;

    /// <summary>Arena budget in bytes, or null.</summary>
    public int? Ram { get; init; }

    /// <summary>Weight budget in bytes, or null.</summary>
    public int? Flash { get; init; }

    public Target Target { get; init; } = Target.Generic;

    /// <summary>Pins the shape of the model's (only) dynamic input, or null.</summary>
    public Shape? InputShape { get; init; }

    public bool HasPreprocessing => Mean.Length > 0 || Std.Length > 0;

    public bool Equals(CompileOptions? other) =>
        other is not null && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std) && Precision == other.Precision
        && Ram == other.Ram && Flash == other.Flash && Target == other.Target && Equals(InputShape, other.InputShape);

    public override int GetHashCode() => (Mean.Length, Std.Length, Precision, Ram, Flash, Target, InputShape).GetHashCode();
}
