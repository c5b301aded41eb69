using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using Diagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Request;

/// <summary>What the emitted code needs of the project that it is added to.</summary>
/// <param name="AllowUnsafe">Pointers may be used.</param>
/// <param name="Language">The version of C#.</param>
/// <param name="RecentFramework">.NET 8 or later.</param>
/// <param name="Nano">What a project for .NET nanoFramework says; else null.</param>
internal sealed record ProjectSettings(bool AllowUnsafe, LanguageVersion Language, bool RecentFramework, NanoProject? Nano)
{
    /// <summary>The language versions that the emitted code is written in.</summary>
    private const LanguageVersion OldestLanguage = LanguageVersion.CSharp12, OldestOfNano = LanguageVersion.CSharp9;

    /// <summary>A type that .NET has since version 8, the first that the emitted code runs on.</summary>
    private const string TypeOfOldestFramework = "System.Runtime.Intrinsics.Vector512";

    public static ProjectSettings Read(Compilation compilation, AnalyzerConfigOptions options) => new(
        compilation.Options is CSharpCompilationOptions { AllowUnsafe: true },
        compilation is CSharpCompilation csharp ? csharp.LanguageVersion : LanguageVersion.Default,
        compilation.GetTypeByMetadataName(TypeOfOldestFramework) is not null,
        NanoProject.Read(compilation, options));

    /// <summary>QMCU1004, QMCU1005 and QMCU1022, QMCU5104 and QMCU5106, where the emitted code would not compile.</summary>
    public IEnumerable<Diagnostic> FindErrors(string name)
    {
        LanguageVersion oldest = Nano is null ? OldestLanguage : OldestOfNano;
        if (Language < oldest)
            yield return Diagnostic.Create(RequestRules.LanguageVersionTooLow, name, Text(oldest), Text(Language));
        foreach (Diagnostic mistake in Nano?.FindErrors(name) ?? [])
            yield return mistake;
        if (Nano is not null)
            yield break;
        if (!AllowUnsafe)
            yield return Diagnostic.Create(RequestRules.UnsafeCodeNotAllowed, name);
        if (!RecentFramework)
            yield return Diagnostic.Create(RequestRules.FrameworkTooOld, name);
    }

    private static string Text(LanguageVersion version) => version.ToDisplayString();
}
