using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;

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

    /// <summary>What emitted C saves; nothing else looks at it.</summary>
    public Code Code { get; init; } = Code.Speed;

    /// <summary>
    /// Rows x columns of patches; <see cref="PatchGrid.Whole"/>: layer by layer, without a patch stage; null: the compiler chooses, patches or
    /// none.
    /// </summary>
    public PatchGrid? Patches { get; init; }

    /// <summary>Null: the compiler chooses.</summary>
    public Halo? Halo { get; init; }

    /// <summary>How bit widths are chosen where <see cref="Precision"/> is Mixed.</summary>
    public Search Search { get; init; } = Search.Output;

    /// <summary>Fewest bits of weights where <see cref="Precision"/> is Mixed: 8, 4 or 2. Null: what the search takes by default (Entropy: 8).</summary>
    public int? WeightBits { get; init; }

    /// <summary>VDQS: weight of accuracy against computation, 0 .. 1. Null: the default of Vdqs.</summary>
    public double? Lambda { get; init; }

    /// <summary>VDPC: central mass of the Gaussian outside which a value is an outlier, 0 .. 1. Null: the default of Vdpc.</summary>
    public double? Phi { get; init; }

    /// <summary>VDPC, static: share of samples whose patch must hold an outlier, 0 .. 1. Null: one half.</summary>
    public double? Vote { get; init; }

    public PatchClassification Classification { get; init; } = PatchClassification.Static;

    public ClassifiedTensor Classified { get; init; } = ClassifiedTensor.Input;

    /// <summary>Bit widths are searched in the patch stage only (the paper's reading); else the tail is searched too.</summary>
    public bool StageOnly { get; init; }

    /// <summary>
    /// Search = Output: what bit widths may cost beyond 8 bits. Of classifiers the expected loss of top-1 accuracy (0.005 is half a point), of other networks
    /// the relative squared error of the outputs. Null: 0.005.
    /// </summary>
    public double? MaxDamage { get; init; }

    /// <summary>Pins the shape of the model's (only) dynamic input, or null.</summary>
    public Shape? InputShape { get; init; }

    public bool HasPreprocessing => Mean.Length > 0 || Std.Length > 0;

    public bool Equals(CompileOptions? other) =>
        other is not null && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std) && Precision == other.Precision
        && Ram == other.Ram && Flash == other.Flash && Target == other.Target && Code == other.Code && Equals(InputShape, other.InputShape)
        && Patches == other.Patches && Halo == other.Halo && Search == other.Search && WeightBits == other.WeightBits
        && Lambda.Equals(other.Lambda) && Phi.Equals(other.Phi) && Vote.Equals(other.Vote)
        && Classification == other.Classification && Classified == other.Classified && StageOnly == other.StageOnly
        && MaxDamage.Equals(other.MaxDamage);

    public override int GetHashCode() => (Mean.Length, Std.Length, Precision, Ram, Flash, Target, InputShape).GetHashCode();
}
