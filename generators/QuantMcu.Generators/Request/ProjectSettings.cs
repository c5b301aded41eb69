using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler.Diagnostics;
using Diagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Request;

/// <summary>What the emitted code needs of the project that it is added to.</summary>
/// <param name="AllowUnsafe">Pointers may be used.</param>
/// <param name="Language">The version of C#.</param>
/// <param name="RecentFramework">.NET 8 or later.</param>
internal sealed record ProjectSettings(bool AllowUnsafe, LanguageVersion Language, bool RecentFramework)
{
    /// <summary>The language version that the emitted code is written in.</summary>
    private const LanguageVersion OldestLanguage = LanguageVersion.CSharp12;

    /// <summary>A type that .NET has since version 8, the first that the emitted code runs on.</summary>
    private const string TypeOfOldestFramework = "System.Runtime.Intrinsics.Vector512";

    public static ProjectSettings Read(Compilation compilation) => new(
        compilation.Options is CSharpCompilationOptions { AllowUnsafe: true },
        compilation is CSharpCompilation csharp ? csharp.LanguageVersion : LanguageVersion.Default,
        compilation.GetTypeByMetadataName(TypeOfOldestFramework) is not null);

    /// <summary>QMCU1004, QMCU1005 and QMCU1022, where the emitted code would not compile.</summary>
    public IEnumerable<Diagnostic> FindErrors(string name)
    {
        if (!AllowUnsafe)
            yield return Diagnostic.Create(RequestRules.UnsafeCodeNotAllowed, name);
        if (Language < OldestLanguage)
            yield return Diagnostic.Create(RequestRules.LanguageVersionTooLow, name, Text(OldestLanguage), Text(Language));
        if (!RecentFramework)
            yield return Diagnostic.Create(RequestRules.FrameworkTooOld, name);
    }

    private static string Text(LanguageVersion version) => version.ToDisplayString();
}
