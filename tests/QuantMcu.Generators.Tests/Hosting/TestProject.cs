using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Generators.Analyzers;
using QuantMcu.Testing;

namespace QuantMcu.Generators.Tests.Hosting;

/// <summary>
/// A C# project in a directory of its own, with models on disk, as the compiler would hand it to the generator.
/// </summary>
internal sealed class TestProject : IDisposable
{
    private static readonly ImmutableArray<MetadataReference> References = TrustedAssemblies
        .Where(path => Path.GetFileName(path) is var name
            && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "QuantMcu.Abstractions.dll"))
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
        .ToImmutableArray();

    private readonly TemporaryDirectory directory = new();
    private readonly LanguageVersion languageVersion;

    private ImmutableDictionary<string, ImmutableDictionary<string, string>> metadata =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    public TestProject(string source, LanguageVersion languageVersion = LanguageVersion.Latest)
    {
        this.languageVersion = languageVersion;
        Sources = [Parse(source, "Program.cs")];
        Properties = ImmutableDictionary<string, string>.Empty.Add("ProjectDir", Directory + Path.DirectorySeparatorChar);
    }

    public string Directory => directory.FullName;

    public ImmutableArray<SyntaxTree> Sources { get; set; }

    public ImmutableArray<AdditionalText> Files { get; private set; } = [];

    /// <summary>MSBuild properties that the compiler sees.</summary>
    public ImmutableDictionary<string, string> Properties { get; set; }

    public bool AllowUnsafe { get; init; } = true;

    private static string[] TrustedAssemblies =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    private Compilation Compilation => CSharpCompilation.Create("Consumer", Sources, References, new CSharpCompilationOptions(
        OutputKind.DynamicallyLinkedLibrary, allowUnsafe: AllowUnsafe, nullableContextOptions: NullableContextOptions.Enable));

    private CSharpParseOptions ParseOptions => new(languageVersion);

    private ProjectOptions Options => new(Properties, metadata);

    /// <summary>Writes a file and makes it one of the AdditionalFiles, in place of an earlier one of that path.</summary>
    /// <param name="path">Relative to the project.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="settings">Item metadata.</param>
    public TestProject With(string path, byte[] content, params (string Name, string Value)[] settings)
    {
        string full = directory.Write(path, content);
        Files = Files.RemoveAll(file => file.Path == full).Add(new ProjectFile(full));
        metadata = metadata.SetItem(full, settings.ToImmutableDictionary(setting => setting.Name, setting => setting.Value));
        return this;
    }

    /// <summary>An AdditionalFile that is not on disk.</summary>
    public TestProject WithMissing(string path)
    {
        Files = Files.Add(new ProjectFile(directory.PathOf(path)));
        return this;
    }

    /// <summary>
    /// As a new process of the compiler, or an editor that sees files change, would hand over the files: as new objects.
    /// </summary>
    public void Touch() => Files = [.. Files.Select(file => (AdditionalText)new ProjectFile(file.Path))];

    public void Replace(string source) => Sources = [Parse(source, "Program.cs")];

    public void Add(string source, string path) => Sources = Sources.Add(Parse(source, path));

    /// <summary>The words of the first source that a finding points at.</summary>
    public string TextAt(Diagnostic finding)
    {
        var span = finding.Location.SourceSpan;
        return Sources[0].ToString().Substring(span.Start, span.Length);
    }

    /// <summary>Runs the generator for the first time.</summary>
    public GeneratorRun Run(CancellationToken cancellation = default) => Run(
        CSharpGeneratorDriver.Create(
            [new QuantizedModelGenerator().AsSourceGenerator()],
            parseOptions: ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        cancellation);

    /// <summary>Runs the generator again after changes to the project.</summary>
    public GeneratorRun Run(GeneratorRun before, CancellationToken cancellation = default) => Run(before.Driver, cancellation);

    /// <summary>What the analyzers say.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync()
    {
        ImmutableArray<DiagnosticAnalyzer> analyzers = [new ClassAnalyzer(), new RequestAnalyzer(), new ProjectAnalyzer()];
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(Files, Options),
            (exception, _, _) => throw exception,
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false);
        var findings = await Compilation.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        return [.. findings.OrderBy(finding => finding.Id, StringComparer.Ordinal)];
    }

    public void Dispose() => directory.Dispose();

    private GeneratorRun Run(GeneratorDriver driver, CancellationToken cancellation)
    {
        GeneratorDriver after = driver
            .ReplaceAdditionalTexts(Files)
            .WithUpdatedAnalyzerConfigOptions(Options)
            .RunGeneratorsAndUpdateCompilation(Compilation, out Compilation output, out _, cancellation);
        return new GeneratorRun(after, output);
    }

    private SyntaxTree Parse(string source, string path) =>
        CSharpSyntaxTree.ParseText(source, ParseOptions, Path.Combine(directory.FullName, path));
}
