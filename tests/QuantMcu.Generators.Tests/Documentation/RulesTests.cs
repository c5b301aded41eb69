using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Diagnostics;
using QuantMcu.Generators.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Documentation;

public class RulesTests
{
    private const string ReleaseFiles = "generators/QuantMcu.Generators/AnalyzerReleases.";

    [Fact]
    public void The_page_of_diagnostics_lists_every_rule() => GeneratedFile.Verify("docs/diagnostics.md", DiagnosticsPage.Text());

    [Fact]
    public void The_release_files_list_every_rule()
    {
        string shipped = File.ReadAllText(Path.Combine(ModelsFolder.Repository, ReleaseFiles + "Shipped.md"));

        GeneratedFile.Verify(
            ReleaseFiles + "Unshipped.md",
            DiagnosticsPage.ReleaseFile(DiagnosticRules.All.Where(rule => !shipped.Contains(rule.Id, StringComparison.Ordinal))));
    }

    [Fact]
    public void The_page_of_the_attribute_lists_every_option()
    {
        string page = File.ReadAllText(Path.Combine(ModelsFolder.Repository, "docs/attribute.md"));

        Assert.All(CandidateFile.MetadataNames, name => Assert.Contains("| `" + name + "` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_hands_every_option_in_item_metadata_to_the_generator()
    {
        string props = File.ReadAllText(
            Path.Combine(ModelsFolder.Repository, "generators/QuantMcu.Generators/build/QuantMcu.Generators.props"));

        Assert.All(CandidateFile.MetadataNames, name => Assert.Contains("MetadataName=\"" + name + "\"", props, StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_says_what_the_rule_of_changed_weights_says()
    {
        string props = File.ReadAllText(
            Path.Combine(ModelsFolder.Repository, "generators/QuantMcu.Generators/build/QuantMcu.Generators.props"));

        Assert.Contains("Code=\"" + NanoRules.WeightsChanged.Id + "\"", props, StringComparison.Ordinal);
        Assert.Contains(
            "Text=\"" + NanoRules.WeightsChanged.MessageFormat.Replace("{0}", "$(QuantMcuWeightsDirectory)", StringComparison.Ordinal) + "\"", props,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_the_command_line_lists_every_option()
    {
        string page = File.ReadAllText(Path.Combine(ModelsFolder.Repository, "docs/cli.md"));

        Assert.All(CandidateFile.MetadataNames, name => Assert.Contains("`--" + Hyphenated(name) + "`", page, StringComparison.Ordinal));
    }

    private static string Hyphenated(string name) => Regex.Replace(name, "(?<=[a-z])(?=[A-Z])", "-").ToLowerInvariant();

    [Fact]
    public void Every_rule_has_an_id_of_its_own() =>
        Assert.Equal(DiagnosticRules.All.Length, DiagnosticRules.All.Select(rule => rule.Id).Distinct().Count());

    [Fact]
    public void Every_rule_follows_the_form_of_ids_titles_and_messages() => Assert.All(DiagnosticRules.All, rule =>
    {
        Assert.Matches("^QMCU[1-5][0-9]{3}$", rule.Id);
        Assert.Matches("^[A-Z].*[^.]$", rule.Title);
        Assert.Matches(@"[.?}]$", rule.MessageFormat);
        Assert.Equal(Placeholders(rule), Enumerable.Range(0, Placeholders(rule).Length));
    });

    [Fact]
    public void Every_rule_is_known_to_Roslyn() => Assert.All(DiagnosticRules.All, rule =>
    {
        var descriptor = Descriptors.Of(rule);
        Assert.Equal(rule.Id, descriptor.Id);
        Assert.Equal(rule.Severity.ToString(), descriptor.DefaultSeverity.ToString());
        Assert.True(descriptor.IsEnabledByDefault);
    });

    private static int[] Placeholders(DiagnosticRule rule) => Regex.Matches(rule.MessageFormat, @"\{(\d+)\}")
        .Select(match => int.Parse(match.Groups[1].Value)).Distinct().Order().ToArray();
}
