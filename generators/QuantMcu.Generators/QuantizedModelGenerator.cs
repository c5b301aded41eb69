using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using QuantMcu.Generators.Generation;
using QuantMcu.Generators.Diagnostics;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators;

/// <summary>
/// Adds a compiled neural network to every partial class with <see cref="QuantizedModelAttribute"/>, in two phases: the public
/// surface always, the kernels in real builds only. Everything hangs on the content of the model, so an unchanged model is never
/// compiled again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class QuantizedModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<BuildSettings> settings = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => BuildSettings.Read(options.GlobalOptions));

        IncrementalValueProvider<ProjectSettings> project = context.CompilationProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (input, _) => ProjectSettings.Read(input.Left, input.Right.GlobalOptions));

        IncrementalValueProvider<ImmutableArray<PlacedRequest>> requests = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeReader.MetadataName,
                static (node, _) => node is TypeDeclarationSyntax,
                static (target, _) => PlacedRequest.Read((INamedTypeSymbol)target.TargetSymbol, target.Attributes[0]))
            .WithTrackingName(TrackingNames.Requests)
            .Collect();

        IncrementalValueProvider<ImmutableArray<CandidateFile>> files = context.AdditionalTextsProvider
            .Where(CandidateFile.IsCandidate)
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (file, _) => CandidateFile.Read(file.Left, file.Right))
            .WithTrackingName(TrackingNames.Files)
            .Collect();

        IncrementalValuesProvider<LoadedRequest> loaded = requests
            .SelectMany(static (all, _) => PlacedRequest.Distinct(all))
            .Combine(files)
            .Combine(settings.Select(static (build, _) => build.ProjectDirectory))
            .Select(static (input, _) => RequestResolver.Resolve(input.Left.Left, input.Left.Right, input.Right))
            .WithTrackingName(TrackingNames.Resolved)
            .Combine(project)
            .Select(static (input, _) => LoadedRequest.Load(input.Left, input.Right))
            .WithTrackingName(TrackingNames.Loaded);

        IncrementalValuesProvider<GeneratedClass> compiled = loaded
            .Combine(settings)
            .Select(static (input, cancellation) => Phases.Compile(input.Left, input.Right, cancellation))
            .WithTrackingName(TrackingNames.Compiled);

        IncrementalValuesProvider<GeneratedSource> api = compiled.Select(Phases.Api).WithTrackingName(TrackingNames.Api);
        context.RegisterSourceOutput(api, Add);

        IncrementalValuesProvider<GeneratedSource> kernels = compiled
            .Select(static (result, _) => Phases.Kernels(result))
            .WithTrackingName(TrackingNames.Kernels);
        context.RegisterImplementationSourceOutput(kernels, Add);

        // Findings travel apart from sources: moving a class in its file moves its warnings and leaves its sources alone.
        IncrementalValuesProvider<PlacedFinding> findings = compiled
            .Combine(requests)
            .SelectMany(static (input, _) => PlacedFinding.Locate(input.Left, input.Right))
            .WithTrackingName(TrackingNames.Findings);
        context.RegisterImplementationSourceOutput(
            findings, static (output, finding) => output.ReportDiagnostic(finding.ToDiagnostic()));

        // An assembly for nanoFramework holds less than several networks may need that fit one by one.
        IncrementalValueProvider<Compiler.Diagnostics.Diagnostic?> together = compiled.Collect()
            .Select(static (all, _) => Phases.CheckTogether(all));
        context.RegisterImplementationSourceOutput(together, Report);

        IncrementalValueProvider<Compiler.Diagnostics.Diagnostic?> names = compiled.Collect().Combine(settings)
            .Select(static (input, _) => Phases.FindSameName(input.Right, input.Left));
        context.RegisterImplementationSourceOutput(names, Report);

        context.RegisterImplementationSourceOutput(
            compiled.Combine(settings), static (_, input) => WeightFile.Write(input.Right, input.Left));

        // The C# compiler neither prints information nor writes C; targets of the package print and copy these files.
        context.RegisterImplementationSourceOutput(compiled.Collect().Combine(settings), static (_, input) =>
        {
            SummaryFile.Write(input.Right, input.Left);
            NativeFolder.Write(input.Right, input.Left);
            FirmwareFolder.Write(input.Right, input.Left);
        });
    }

    private static void Report(SourceProductionContext output, Compiler.Diagnostics.Diagnostic? finding)
    {
        if (finding is not null)
            output.ReportDiagnostic(finding.At(Location.None));
    }

    private static void Add(SourceProductionContext output, GeneratedSource source)
    {
        if (source.Text is not null)
            output.AddSource(source.FileName, SourceText.From(source.Text, Encoding.UTF8));
    }
}
