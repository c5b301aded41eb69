using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Testing;

namespace QuantMcu.Nano.Tests;

/// <summary>
/// A project of the samples, classic or SDK-style, as it is for a back end: its conditions are evaluated, everything else is read as it stands.
/// </summary>
internal sealed class SampleProject
{
    private readonly XDocument project;
    private readonly string backend;

    /// <param name="name">The folder of the project, in samples.</param>
    /// <param name="file">The project.</param>
    /// <param name="backend">What a user sets QuantMcuBackend to.</param>
    public SampleProject(string name, string file, string backend)
    {
        Folder = Path.Combine(ModelsFolder.Repository, "samples", name);
        project = XDocument.Load(Path.Combine(Folder, file));
        this.backend = backend;
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Its sources but for the attribute's, which every <see cref="NanoProjectRun"/> has.</summary>
    public IEnumerable<string> SourceFiles => Files("Compile", "*.cs").Where(path => !path.Contains("QuantMcu.Abstractions", StringComparison.Ordinal));

    /// <summary>Whole text of these.</summary>
    public IEnumerable<string> Sources => SourceFiles.Select(path => File.ReadAllText(Path.Combine(Folder, path)));

    /// <summary>Models and samples.</summary>
    public IEnumerable<string> AdditionalFiles => Items("AdditionalFiles");

    /// <summary>Names of the assemblies that it refers to.</summary>
    public IEnumerable<string> Assemblies => Items("Reference")
        .Concat(Items("PackageReference").Select(package => package == "nanoFramework.CoreLibrary" ? "mscorlib" : package))
        .Concat(Items("ProjectReference").Select(Path.GetFileNameWithoutExtension))!;

    /// <summary>Its resource files.</summary>
    public IEnumerable<string> Resources => Files("EmbeddedResource", "*.resx").Select(path => Path.Combine(Folder, path));

    /// <summary>A property as the build sees it, or an empty text.</summary>
    public string Property(string name) => name == "QuantMcuBackend" ? backend : Default(name);

    /// <summary>A property as the file has it.</summary>
    public string Default(string name) =>
        project.Descendants().Where(element => element.Name.LocalName == name && Holds(element)).Select(element => element.Value).LastOrDefault() ?? "";

    /// <summary>The compiler's run in this project.</summary>
    /// <param name="references">What it compiles against.</param>
    /// <param name="sources">Which of the sources, as one text each.</param>
    /// <param name="kind">What it makes.</param>
    public NanoProjectRun Run(IEnumerable<MetadataReference> references, IEnumerable<string> sources, OutputKind kind)
    {
        var run = new NanoProjectRun { More = [.. sources], References = [.. references], Kind = kind };
        foreach (string path in AdditionalFiles)
            run.With(path.Replace("../", "", StringComparison.Ordinal), File.ReadAllBytes(Path.Combine(Folder, path)));

        foreach (string name in new[] { "QuantMcuBackend", "QuantMcuWeights" })
            run.Set(name, Property(name));

        return run;
    }

    /// <summary>What is listed, and in the SDK-style form all files of the folder but for those that are removed.</summary>
    private IEnumerable<string> Files(string kind, string pattern) => project.Root!.Attribute("Sdk") is null
        ? Items(kind)
        : Items(kind).Concat(Directory.GetFiles(Folder, pattern).Select(path => Path.GetFileName(path))).Except(Items(kind, "Remove"));

    private IEnumerable<string> Items(string kind, string what = "Include") => project.Descendants()
        .Where(element => element.Name.LocalName == kind && Holds(element)).SelectMany(element => element.Attribute(what)?.Value.Split(';') ?? [])
        .Select(path => path.Replace('\\', '/'));

    /// <summary>Whether conditions on the back end hold; those on files are for machines with Visual Studio.</summary>
    private bool Holds(XElement element) => element.AncestorsAndSelf().Select(part => part.Attribute("Condition")?.Value).OfType<string>()
        .All(condition => condition switch
        {
            "'$(QuantMcuBackend)' == 'Managed'" => backend == "Managed",
            "'$(QuantMcuBackend)' != 'Managed'" => backend != "Managed",
            _ => true,
        });
}
