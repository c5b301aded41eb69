using System;
using System.IO;
using Microsoft.CodeAnalysis.Diagnostics;

namespace QuantMcu.Generators.Request;

/// <summary>What the project's build says, through properties that the package makes visible to the compiler.</summary>
/// <param name="ProjectDirectory">With a trailing separator; empty where the host does not say.</param>
/// <param name="DesignTime">An editor is building: the public surface is enough.</param>
/// <param name="CacheDirectory">Where compiled networks are kept between builds, absolute, or null for nowhere.</param>
/// <param name="AnalyzersOff">The analyzers do not run, so that the generator must report what they would.</param>
internal sealed record BuildSettings(string ProjectDirectory, bool DesignTime, string? CacheDirectory, bool AnalyzersOff)
{
    /// <summary>Networks are wanted as C, too. They are handed over in <see cref="CacheDirectory"/>.</summary>
    public bool EmitsNative { get; init; }

    /// <summary>They are wanted over the sources of .NET nanoFramework's firmware.</summary>
    public bool EmitsFirmware { get; init; }

    public static BuildSettings Read(AnalyzerConfigOptions options)
    {
        string project = Property(options, "ProjectDir") ?? "";
        return new BuildSettings(
            project,
            Says(options, "DesignTimeBuild", "true"),
            AbsolutePath(project, Property(options, "QuantMcuCacheDirectory")),
            Says(options, "RunAnalyzers", "false") || Says(options, "RunAnalyzersDuringBuild", "false"))
        {
            EmitsNative = Property(options, "QuantMcuNativeDirectory") is not null || Property(options, "QuantMcuFirmwareDirectory") is not null,
            EmitsFirmware = Property(options, "QuantMcuFirmwareDirectory") is not null,
        };
    }

    private static bool Says(AnalyzerConfigOptions options, string property, string value) =>
        string.Equals(Property(options, property), value, StringComparison.OrdinalIgnoreCase);

    /// <summary>A property of the build, or null where it is empty.</summary>
    internal static string? Property(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue("build_property." + name, out string? value) && value.Length > 0 ? value : null;

    private static string? AbsolutePath(string project, string? path)
    {
        if (path is null || path.IndexOfAny(Path.GetInvalidPathChars()) >= 0)
            return null;

        string full = Path.Combine(project, path);
        return Path.IsPathRooted(full) ? full : null;
    }
}
