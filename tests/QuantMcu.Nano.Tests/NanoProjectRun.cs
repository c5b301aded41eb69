using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using QuantMcu.Generators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>A project with annotated classes, for nanoFramework or for .NET, and what the generator makes of it.</summary>
internal sealed class NanoProjectRun : IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly List<AdditionalText> files = new();
    private readonly Dictionary<string, string> properties = new(StringComparer.Ordinal) { ["RunAnalyzers"] = "false" };

    /// <summary>The user's source.</summary>
    public string Source { get; init; } = "";

    /// <summary>More of the user's sources.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>What the project refers to.</summary>
    public IEnumerable<MetadataReference> References { get; init; } = NanoHost.DeviceReferences;

    public LanguageVersion Language { get; init; } = LanguageVersion.CSharp9;

    public OutputKind Kind { get; init; } = OutputKind.DynamicallyLinkedLibrary;

    public NanoProjectRun With(string path, byte[] content)
    {
        files.Add(new BinaryFile(folder.Write(path, content)));
        return this;
    }

    /// <summary>Sets a property of the build.</summary>
    public NanoProjectRun Set(string property, string value)
    {
        properties[property] = value;
        return this;
    }

    /// <summary>Runs the generator.</summary>
    public NanoProjectResult Run()
    {
        var options = new CSharpParseOptions(Language);
        var own = Directory.GetFiles(Path.Combine(ModelsFolder.Repository, "src/QuantMcu.Abstractions"), "*.cs").OrderBy(path => path, StringComparer.Ordinal)
            .Select(File.ReadAllText).Append(Source).Concat(More).Select((text, i) => CSharpSyntaxTree.ParseText(text, options, "own" + i + ".cs"));
        var compilation = CSharpCompilation.Create("Consumer", own, References, new CSharpCompilationOptions(
            Kind, optimizationLevel: OptimizationLevel.Release, allowUnsafe: Language > LanguageVersion.CSharp9));
        properties["ProjectDir"] = folder.FullName + Path.DirectorySeparatorChar;
        var driver = CSharpGeneratorDriver.Create([new QuantizedModelGenerator().AsSourceGenerator()], files, options, new Options(properties))
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var findings);
        return new NanoProjectResult(driver.GetRunResult().Results.Single(), output, findings);
    }

    public void Dispose() => folder.Dispose();

    private sealed class BinaryFile(string path) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText? GetText(System.Threading.CancellationToken cancellation = default) => null;
    }

    private sealed class Options(Dictionary<string, string> properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties(properties);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Properties([]);
    }

    private sealed class Properties(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = "";
            return key.StartsWith("build_property.", StringComparison.Ordinal) && values.TryGetValue(key["build_property.".Length..], out value!);
        }
    }
}

/// <summary>What the generator made of a project.</summary>
internal sealed record NanoProjectResult(GeneratorRunResult Generated, Compilation Output, ImmutableArray<Diagnostic> Findings)
{
    /// <summary>Ids of errors and warnings, but for the one that there are no calibration samples.</summary>
    public string[] Ids =>
        [.. Findings.Where(finding => finding.Severity >= DiagnosticSeverity.Warning && finding.Id != "QMCU3006").Select(finding => finding.Id)];

    /// <summary>All emitted text.</summary>
    public string Text => string.Concat(Generated.GeneratedSources.Select(source => source.SourceText.ToString()));

    /// <summary>The assembly; the C# compiler must have nothing to say against emitted code.</summary>
    public byte[] Emit()
    {
        using var stream = new MemoryStream();
        var result = Output.Emit(stream);
        Assert.Empty(result.Diagnostics.Where(finding => finding.Severity >= DiagnosticSeverity.Warning && finding.Id is not "CS8618" and not "CS8021"));
        return stream.ToArray();
    }

    /// <summary>A class of the assembly, loaded into this process with a stand-in for QuantMcu.Nano where it needs one.</summary>
    public Type Load(string name, byte[]? nativeModel = null)
    {
        var context = new AssemblyLoadContext(null);
        if (nativeModel is not null)
            context.LoadFromStream(new MemoryStream(nativeModel));

        return context.LoadFromStream(new MemoryStream(Emit())).GetType(name, true)!;
    }
}
