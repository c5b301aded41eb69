using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Searching.Output;

namespace QuantMcu.Compiler;

/// <summary>A calibrated model, so that it can be compiled with several options and what they share is done once.</summary>
/// <param name="Source">See <see cref="CompiledModel"/>; so are the next three.</param>
/// <param name="Simplified">Normal form.</param>
/// <param name="Preprocessing">Of raw samples.</param>
/// <param name="Statistics">Of the normal form.</param>
/// <param name="Quantization">What is to be quantized: the normal form with balanced channels.</param>
internal sealed record PreparedModel(
    NetworkGraph Source,
    NetworkGraph Simplified,
    InputPreprocessing? Preprocessing,
    CalibrationStatistics Statistics,
    QuantizationRequest Quantization)
{
    /// <summary>What Search = Output measured before; null: it keeps nothing.</summary>
    public SensitivityCache? Sensitivities { get; init; }
}
