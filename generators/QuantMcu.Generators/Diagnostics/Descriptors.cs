using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Compiler.Diagnostics;
using DiagnosticSeverity = Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace QuantMcu.Generators.Diagnostics;

/// <summary>The engine's rules as Roslyn knows them.</summary>
internal static class Descriptors
{
    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById =
        DiagnosticRules.All.ToImmutableDictionary(rule => rule.Id, Create);

    public static DiagnosticDescriptor Of(DiagnosticRule rule) => ById[rule.Id];

    public static ImmutableArray<DiagnosticDescriptor> Of(params DiagnosticRule[] rules) => rules.Select(Of).ToImmutableArray();

    /// <summary>The family that an id's first digit names.</summary>
    public static string Category(string id) => "QuantMcu." + id["QMCU".Length] switch
    {
        '1' => "Request",
        '2' => "Onnx",
        '3' => "Quantization",
        '4' => "Memory",
        _ => "CodeGeneration",
    };

    /// <summary>Errors cannot be configured away: <c>Run</c> would silently do nothing.</summary>
    private static DiagnosticDescriptor Create(DiagnosticRule rule) => new(
        rule.Id,
        rule.Title,
        rule.MessageFormat,
        Category(rule.Id),
        Severity(rule),
        isEnabledByDefault: true,
        customTags: Severity(rule) == DiagnosticSeverity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : []);

    private static DiagnosticSeverity Severity(DiagnosticRule rule) => rule.Severity switch
    {
        Compiler.Diagnostics.DiagnosticSeverity.Error => DiagnosticSeverity.Error,
        Compiler.Diagnostics.DiagnosticSeverity.Warning => DiagnosticSeverity.Warning,
        _ => DiagnosticSeverity.Info,
    };
}
