using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Generators.Request;
using EngineDiagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Diagnostics;

/// <summary>From the engine's diagnostics to Roslyn's.</summary>
internal static class DiagnosticExtensions
{
    public static Diagnostic At(this EngineDiagnostic diagnostic, Location location) =>
        Diagnostic.Create(Descriptors.Of(diagnostic.Rule), location, diagnostic.Arguments.ToArray<object>());

    /// <summary>
    /// The argument of the attribute that a finding of the engine is about, or null for the attribute as a whole.
    /// </summary>
    public static string? Argument(this EngineDiagnostic diagnostic) => diagnostic.Id switch
    {
        "QMCU1014" or "QMCU1015" => nameof(QuantizedModelAttribute.Mean),
        "QMCU4001" => nameof(QuantizedModelAttribute.Ram),
        "QMCU4002" => nameof(QuantizedModelAttribute.Flash),
        _ when diagnostic.Id.StartsWith("QMCU101", System.StringComparison.Ordinal) => RequestArguments.Calibration,
        _ when diagnostic.Id.StartsWith("QMCU2", System.StringComparison.Ordinal) => RequestArguments.Path,
        _ => null,
    };
}
