using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace QuantMcu.Generators.Tests.Hosting;

/// <summary>MSBuild properties and item metadata as the compiler sees them.</summary>
internal sealed class ProjectOptions(
    ImmutableDictionary<string, string> properties, ImmutableDictionary<string, ImmutableDictionary<string, string>> metadata)
    : AnalyzerConfigOptionsProvider
{
    public override AnalyzerConfigOptions GlobalOptions { get; } = new Dictionary("build_property.", properties);

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Dictionary(
        "build_metadata.AdditionalFiles.", metadata.GetValueOrDefault(textFile.Path, ImmutableDictionary<string, string>.Empty));

    private sealed class Dictionary(string prefix, ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = "";
            return key.StartsWith(prefix, StringComparison.Ordinal) && values.TryGetValue(key[prefix.Length..], out value!);
        }
    }
}
