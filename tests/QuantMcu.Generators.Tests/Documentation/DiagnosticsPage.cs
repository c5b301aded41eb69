using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Generators.Tests.Documentation;

/// <summary>Writes docs/diagnostics.md and the analyzer release file from the rules.</summary>
internal static class DiagnosticsPage
{
    private static readonly (char Digit, string Title)[] Families =
    [
        ('1', "QMCU1xxx: the request"),
        ('2', "QMCU2xxx: the ONNX model"),
        ('3', "QMCU3xxx: quantization"),
        ('4', "QMCU4xxx: memory"),
        ('5', "QMCU5xxx: code generation"),
    ];

    public static string Text()
    {
        var page = new StringBuilder("""
            # Diagnostics

            Everything that QuantMcu can say about a request or a model, in builds and on the command line. Errors end the
            compilation of the model; they cannot be switched off. Warnings can, as in any C# project (`<NoWarn>` or
            .editorconfig). Where a message below has `…`, the real one names the node, the operator, the tensor, the file or the
            figure. Each message of an error or a warning ends with what to do. Information sums up what was compiled; builds print it.

            This page is made from the rules in `src/QuantMcu.Compiler/Diagnostics` by
            `QUANTMCU_UPDATE_DOCS=1 dotnet test tests/QuantMcu.Generators.Tests -c Release --filter RulesTests`.

            """.ReplaceLineEndings("\n"));
        foreach (var (digit, title) in Families)
        {
            page.Append("\n## ").Append(title).Append('\n');
            foreach (DiagnosticRule rule in DiagnosticRules.All.Where(rule => rule.Id["QMCU".Length] == digit))
                page.Append(Section(rule));
        }

        return page.ToString();
    }

    /// <summary>AnalyzerReleases.Unshipped.md, in the form that Roslyn's release tracking reads.</summary>
    public static string ReleaseFile(IEnumerable<DiagnosticRule> unshipped)
    {
        var file = new StringBuilder("""
            ; Rules of the next release, which move to AnalyzerReleases.Shipped.md when it is made. Made from the rules by a test.

            ### New Rules

            Rule ID | Category | Severity | Notes
            --------|----------|----------|-------

            """.ReplaceLineEndings("\n"));
        foreach (DiagnosticRule rule in unshipped)
        {
            string category = Generators.Diagnostics.Descriptors.Category(rule.Id);
            file.Append($"{rule.Id} | {category} | {rule.Severity} | {rule.Title}\n");
        }

        return file.ToString();
    }

    private static string Section(DiagnosticRule rule)
    {
        string message = Regex.Replace(rule.MessageFormat, @"\{\d+\}", "…").Replace("<", "\\<");
        return $"\n### {rule.Id}: {rule.Title}\n\n{rule.Severity}. {message}\n";
    }
}
