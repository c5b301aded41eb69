using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching;

namespace QuantMcu.Compiler;

/// <summary>Everything that a compilation depends on: same request, same result, on every machine.</summary>
/// <param name="Name">Name of the network for reports and emitted comments.</param>
/// <param name="Model">Bytes of the ONNX file.</param>
/// <param name="Calibration">Bytes of the .npy file of calibration samples, or null: ranges come from synthetic input, with a warning.</param>
/// <param name="Options">What the user asked for.</param>
public sealed record CompileRequest(string Name, byte[] Model, byte[]? Calibration, CompileOptions Options);

/// <summary>A compiled model with every stage's result.</summary>
/// <param name="Source">The model as imported: float, channels first.</param>
/// <param name="Simplified">The same function in normal form (see Simplify): float, channels last.</param>
/// <param name="Preprocessing">How raw samples become real numbers; null where the network takes real numbers.</param>
/// <param name="Statistics">What calibration saw on <paramref name="Simplified"/>.</param>
/// <param name="Network">The quantized network: the meaning of every back end's code.</param>
public sealed record CompiledModel(
    NetworkGraph Source,
    NetworkGraph Simplified,
    InputPreprocessing? Preprocessing,
    CalibrationStatistics Statistics,
    QuantizedNetwork Network)
{
    /// <summary>What was decided about patches and bit widths, and why.</summary>
    public SearchReport Search { get; init; } = new();
}

/// <summary>What came of a request: a model, or at least one error. Warnings stand beside either.</summary>
public sealed record CompilationResult(CompiledModel? Model, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Rule.Severity == DiagnosticSeverity.Error);
}

/// <summary>Progress of a long compilation.</summary>
/// <param name="Stage">What is being done, for people: "Calibrating".</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all; 0 where unknown.</param>
public sealed record CompileProgress(string Stage, int Done, int Total);
