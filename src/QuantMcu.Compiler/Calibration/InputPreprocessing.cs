using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// How a raw input code becomes the real number that the float network sees: real = (code - Mean[c]) / Std[c] for channel c.
/// The code of a uint8 sample is the sample; that of an int8 sample is the sample plus 128, so both run from 0 to 255.
/// </summary>
/// <param name="Mean">One per channel, in codes.</param>
/// <param name="Std">One per channel, in codes per unit of the network's input; positive.</param>
/// <param name="SampleType">UInt8 or Int8: which raw sample a code stands for.</param>
public sealed record InputPreprocessing(ImmutableArray<double> Mean, ImmutableArray<double> Std, SampleType SampleType)
{
    /// <summary>What is added to a raw int8 sample to get its code.</summary>
    public const int Int8Offset = 128;

    public int Channels => Mean.Length;

    /// <summary>
    /// The preprocessing of raw samples by the user's Mean and Std; without them the real number is the raw sample.
    /// Null for Float32 samples, which are real numbers already.
    /// </summary>
    /// <param name="options">Mean and Std: empty, one value, or one per channel, in raw samples.</param>
    /// <param name="type">Element type of the samples.</param>
    /// <param name="channels">Channels of the model's input: <see cref="ChannelsOf"/>.</param>
    /// <exception cref="ModelException">Mean or Std have the wrong count or bad values, or the samples are Float32.</exception>
    public static InputPreprocessing? Create(CompileOptions options, SampleType type, int channels)
    {
        if (type == SampleType.Float32)
            return options.HasPreprocessing ? throw new ModelException(RequestRules.PreprocessingOfReals) : null;

        double offset = type == SampleType.Int8 ? Int8Offset : 0;
        var mean = PerChannel("Mean", options.Mean, 0, channels);
        var std = PerChannel("Std", options.Std, 1, channels);
        if (std.Any(value => value <= 0))
            throw new ModelException(RequestRules.PreprocessingDoesNotFit, "Std", "must be positive");

        return new InputPreprocessing(mean.Select(value => value + offset).ToImmutableArray(), std, type);
    }

    /// <summary>Channels of a source model's input: axis 1 of an image, the last axis of anything else.</summary>
    public static int ChannelsOf(Shape input, bool isImage) => input.Rank == 0 ? 1 : input[isImage ? 1 : input.Rank - 1];

    public bool Equals(InputPreprocessing? other) =>
        other is not null && SampleType == other.SampleType && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    public override int GetHashCode() => (Mean.Length, Mean.FirstOrDefault(), Std.FirstOrDefault(), SampleType).GetHashCode();

    private static ImmutableArray<double> PerChannel(string option, ImmutableArray<double> given, double absent, int channels)
    {
        if (given.Length > 1 && given.Length != channels)
        {
            string counts = "has " + given.Length + " values, but the model's input has " + channels + " channels";
            throw new ModelException(RequestRules.PreprocessingDoesNotFit, option, counts);
        }

        if (given.Any(value => double.IsNaN(value) || Math.Abs(value) > float.MaxValue))
            throw new ModelException(RequestRules.PreprocessingDoesNotFit, option, "holds a value that is not a finite number");

        if (given.Length == channels)
            return given;

        return Enumerable.Repeat(given.Length == 0 ? absent : given[0], channels).ToImmutableArray();
    }
}
