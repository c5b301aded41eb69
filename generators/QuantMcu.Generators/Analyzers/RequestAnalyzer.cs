using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Analyzers;

/// <summary>QMCU1002, 1003, 1006 to 1009 and 1023: a file is not found, or an option makes no sense.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RequestAnalyzer : AttributeAnalyzer
{
    /// <summary>Creates the analyzer.</summary>
    public RequestAnalyzer()
        : base(
            RequestRules.ModelNotFound,
            RequestRules.CalibrationNotFound,
            RequestRules.InvalidOption,
            RequestRules.OptionOutOfRange,
            RequestRules.UnknownOption,
            RequestRules.ContradictoryOptions,
            RequestRules.AmbiguousFile)
    {
    }

    private protected override void Analyze(in AnnotatedClass annotated)
    {
        AnalyzerOptions options = annotated.Context.Options;
        ImmutableArray<CandidateFile> candidates = options.AdditionalFiles
            .Where(CandidateFile.IsCandidate)
            .Select(file => CandidateFile.Read(file, options.AnalyzerConfigOptionsProvider))
            .ToImmutableArray();
        BuildSettings settings = BuildSettings.Read(options.AnalyzerConfigOptionsProvider.GlobalOptions);

        foreach (RequestFinding error in RequestResolver.Resolve(annotated.Request, candidates, settings.ProjectDirectory).Errors)
            annotated.Report(error.Diagnostic, error.Argument);
    }
}
