using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Testing;

namespace QuantMcu.Nano.Tests;

/// <summary>A classic project of the samples, as it is for a back end: its conditions are evaluated, everything else is read as it stands.</summary>
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

    /// <summary>Whole text of its sources but for the attribute's, which every <see cref="NanoProjectRun"/> has.</summary>
    public IEnumerable<string> Sources => Items("Compile").Where(path => !path.Contains("QuantMcu.Abstractions", StringComparison.Ordinal))
        .Select(path => File.ReadAllText(Path.Combine(Folder, path)));

    /// <summary>Names of the assemblies that it refers to.</summary>
    public IEnumerable<string> Assemblies => Items("Reference").Concat(Items("ProjectReference").Select(Path.GetFileNameWithoutExtension))!;

    /// <summary>Its resource files.</summary>
    public IEnumerable<string> Resources => Items("EmbeddedResource").Select(path => Path.Combine(Folder, path));

    /// <summary>A property as the build sees it, or an empty text.</summary>
    public string Property(string name) => name == "QuantMcuBackend"
        ? backend
        : project.Descendants().Where(element => element.Name.LocalName == name && Holds(element)).Select(element => element.Value).LastOrDefault() ?? "";

    /// <summary>The compiler's run in this project.</summary>
    /// <param name="references">What it compiles against.</param>
    /// <param name="sources">Which of the sources, as one text each.</param>
    /// <param name="kind">What it makes.</param>
    public NanoProjectRun Run(IEnumerable<MetadataReference> references, IEnumerable<string> sources, OutputKind kind)
    {
        var run = new NanoProjectRun { More = [.. sources], References = [.. references], Kind = kind };
        foreach (string path in Items("AdditionalFiles"))
            run.With(path.Replace("../", "", StringComparison.Ordinal), File.ReadAllBytes(Path.Combine(Folder, path)));

        foreach (string name in new[] { "QuantMcuBackend", "QuantMcuWeights" })
            run.Set(name, Property(name));

        return run;
    }

    private IEnumerable<string> Items(string kind) => project.Descendants().Where(element => element.Name.LocalName == kind && Holds(element))
        .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    /// <summary>Whether conditions on the back end hold; those on files are for machines with Visual Studio.</summary>
    private bool Holds(XElement element) => element.AncestorsAndSelf().Select(part => part.Attribute("Condition")?.Value).OfType<string>()
        .All(condition => condition switch
        {
            "'$(QuantMcuBackend)' == 'Managed'" => backend == "Managed",
            "'$(QuantMcuBackend)' != 'Managed'" => backend != "Managed",
            _ => true,
        });
}
