using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace QuantMcu.Generators.Tests.Documentation;

/// <summary>Runs the generator as a build does: for a class, in a project's folder, with the project's files.</summary>
internal static class GeneratedCode
{
    /// <param name="folder">The project's folder, with a full path.</param>
    /// <param name="source">C# with the annotated class.</param>
    /// <param name="files">Models and samples, relative to the folder.</param>
    public static GeneratorDriver Run(string folder, string source, params string[] files)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
        var compilation = CSharpCompilation.Create("Snapshots", [CSharpSyntaxTree.ParseText(source)], references, options);
        return CSharpGeneratorDriver
            .Create(
                [new QuantizedModelGenerator().AsSourceGenerator()], files.Select(file => new ProjectFile(Path.Combine(folder, file))),
                optionsProvider: new ProjectFolder(folder))
            .RunGenerators(compilation);
    }

    /// <summary>Binary: the generator reads it by its path.</summary>
    private sealed class ProjectFile(string path) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText? GetText(CancellationToken cancellationToken = default) => null;
    }

    private sealed class ProjectFolder(string folder) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new() { ["build_property.ProjectDir"] = folder });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values([]);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
