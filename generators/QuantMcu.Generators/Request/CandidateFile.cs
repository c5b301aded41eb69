using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Generators.Request;

/// <summary>
/// One of the project's AdditionalFiles that a request may name, with the options in its item metadata. Equal only while the host
/// hands over the same <see cref="AdditionalText"/>: hosts make a new one when a file may have changed.
/// </summary>
internal sealed record CandidateFile(AdditionalText File, EquatableArray<OptionSetting> Options)
{
    public string Path => File.Path;

    /// <summary>Options and the calibration file's path, under the attribute's names.</summary>
    public static IEnumerable<string> MetadataNames => OptionParser.Names.Concat(new[] { RequestArguments.Calibration });

    public static bool IsCandidate(AdditionalText file) =>
        file.Path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
        || file.Path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    public static CandidateFile Read(AdditionalText file, AnalyzerConfigOptionsProvider options)
    {
        AnalyzerConfigOptions metadata = options.GetOptions(file);
        return new CandidateFile(file, MetadataNames.SelectMany(name => Metadata(metadata, name)).ToEquatableArray());
    }

    private static IEnumerable<OptionSetting> Metadata(AnalyzerConfigOptions metadata, string name)
    {
        if (metadata.TryGetValue("build_metadata.AdditionalFiles." + name, out string? value) && value.Length > 0)
            yield return new OptionSetting(name, value);
    }
}
