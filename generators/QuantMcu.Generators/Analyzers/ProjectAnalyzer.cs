using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using Diagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Analyzers;

/// <summary>QMCU1004 and QMCU1005: the project's settings do not take the code that is added.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProjectAnalyzer : AttributeAnalyzer
{
    /// <summary>Creates the analyzer.</summary>
    public ProjectAnalyzer()
        : base(RequestRules.UnsafeCodeNotAllowed, RequestRules.LanguageVersionTooLow)
    {
    }

    /// <summary>The language version that the emitted code is written in.</summary>
    internal const LanguageVersion Oldest = LanguageVersion.CSharp12;

    private protected override void Analyze(in AnnotatedClass annotated)
    {
        if (annotated.Context.Compilation is not CSharpCompilation compilation)
            return;

        string name = annotated.Type.Name;
        if (!compilation.Options.AllowUnsafe)
            annotated.Report(Diagnostic.Create(RequestRules.UnsafeCodeNotAllowed, name), null);

        if (compilation.LanguageVersion < Oldest)
        {
            annotated.Report(Diagnostic.Create(
                RequestRules.LanguageVersionTooLow, name, Oldest.ToDisplayString(), compilation.LanguageVersion.ToDisplayString()), null);
        }
    }
}
