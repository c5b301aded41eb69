using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Analyzers;

/// <summary>QMCU1004, QMCU1005 and QMCU1022, QMCU5104 and QMCU5106: the project's settings do not take the code that would be added.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProjectAnalyzer : AttributeAnalyzer
{
    /// <summary>Creates the analyzer.</summary>
    public ProjectAnalyzer()
        : base(
            RequestRules.UnsafeCodeNotAllowed, RequestRules.LanguageVersionTooLow, RequestRules.FrameworkTooOld,
            NanoRules.NoNativeInterface, NanoRules.UnknownBackend)
    {
    }

    private protected override void Analyze(in AnnotatedClass annotated)
    {
        var project = ProjectSettings.Read(annotated.Context.Compilation, annotated.Context.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
        foreach (var error in project.FindErrors(annotated.Type.Name))
            annotated.Report(error, null);
    }
}
