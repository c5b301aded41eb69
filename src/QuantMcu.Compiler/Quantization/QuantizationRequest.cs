using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization.Ranges;
using QuantMcu.Compiler.Quantization.Weights;

namespace QuantMcu.Compiler.Quantization;

/// <summary>What a quantized network is made from.</summary>
/// <param name="Source">The model as imported: names and shapes of the ports, in the same order as the normal form's.</param>
/// <param name="NormalForm">The same function as Simplify leaves it; operators without an integer form end in a diagnostic.</param>
/// <param name="Preprocessing">How raw samples of the first input become real numbers; null where it takes real numbers.</param>
/// <param name="Statistics">What calibration saw on <paramref name="NormalForm"/>.</param>
/// <param name="Samples">The samples themselves, for bias correction on some of them; null: biases stay as they are.</param>
public sealed record QuantizationRequest(
    NetworkGraph Source, NetworkGraph NormalForm, InputPreprocessing? Preprocessing, CalibrationStatistics Statistics, IInputSamples? Samples)
{
    /// <summary>Bits of feature maps and of weights.</summary>
    public BitWidths Bits { get; init; } = BitWidths.Eight;

    /// <summary>
    /// Quantizers that are settled already, by any value of a feature map: networks that are to agree on a tensor, such as the branches of a patch stage on
    /// the split tensor, get the same one here. What the network gives by itself (raw inputs, imported quantization) goes before.
    /// </summary>
    public IReadOnlyDictionary<Value, Quantizer> Pinned { get; init; } = new Dictionary<Value, Quantizer>();

    /// <summary>
    /// Codes of 4-bit and 2-bit weights, for the normal form. Give the same to every request for one network, and what is expensive is done
    /// once. Absent: made from the samples where it is needed.
    /// </summary>
    public WeightRounding? Weights { get; init; }

    /// <summary>
    /// Quantizers of the normal form's activations that were searched before. Give the same to every request for one normal form,
    /// statistics and clipping of activations. Absent: every request searches.
    /// </summary>
    internal QuantizerCache? Quantizers { get; init; }

    /// <summary>
    /// Of a network that computes parts of feature maps alone, as a branch of a patch stage does: those parts of a value, where its means are
    /// taken for bias correction. Absent, or null for a value: all of it.
    /// </summary>
    internal Func<Value, IReadOnlyList<Region>?>? Regions { get; init; }

    internal QuantizationSettings Settings { get; init; } = QuantizationSettings.Default;
}
