using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Analyzers;

/// <summary>QMCU1004, QMCU1005 and QMCU1022: the project's settings do not take the code that would be added.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProjectAnalyzer : AttributeAnalyzer
{
    /// <summary>Creates the analyzer.</summary>
    public ProjectAnalyzer()
        : base(RequestRules.UnsafeCodeNotAllowed, RequestRules.LanguageVersionTooLow, RequestRules.FrameworkTooOld)
    {
    }

    private protected override void Analyze(in AnnotatedClass annotated)
    {
        foreach (var error in ProjectSettings.Read(annotated.Context.Compilation).FindErrors(annotated.Type.Name))
            annotated.Report(error, null);
    }
}
