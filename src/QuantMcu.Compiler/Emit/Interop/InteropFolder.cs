using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using QuantMcu.Compiler.Emit.C;

namespace QuantMcu.Compiler.Emit.Interop;

/// <summary>
/// What is laid over the sources of nanoFramework's firmware so that it has models: <c>InteropAssemblies/QuantMcu.Nano</c> with the glue, the C# side
/// of it and a folder for each model, and the module by which CMake finds them.
/// </summary>
public static class InteropFolder
{
    /// <summary>Where everything but the CMake module goes.</summary>
    public const string Path = "InteropAssemblies/QuantMcu.Nano/";

    private const string CMakeModule = "FindINTEROP-QuantMcu.Nano.cmake";

    private const string Prefix = "nanoframework/";

    /// <param name="models">Models to write.</param>
    /// <param name="present">Names of models that the folder has already, in the order of their handles; those that are written again keep their place.</param>
    /// <param name="stubs">Output of the metadata processor; null for what it said when this version was made.</param>
    /// <returns>Paths with forward slashes, and texts with LF line ends.</returns>
    /// <exception cref="FormatException">The stubs are of another assembly.</exception>
    public static IReadOnlyList<(string Name, string Text)> Of(IReadOnlyList<InteropModel> models, IEnumerable<string> present, InteropStubs? stubs) =>
    [
        .. models.SelectMany(model => FilesOf(model).Select(file => (PathOf(model.Target) + file.Name, file.Text))),
        .. Shared(present.Concat(models.Select(model => model.Target.Name)).Distinct(), stubs),
    ];

    /// <summary>Folder of a model, with a slash at its end.</summary>
    public static string PathOf(CTarget target) => Path + target.Name + "/";

    /// <summary>What is in the folder of a model: its C, and its entry in the registry.</summary>
    /// <returns>Names and texts.</returns>
    public static IReadOnlyList<(string Name, string Text)> FilesOf(InteropModel model) =>
        [.. CFiles.Of(model.Target, model.Program, model.ContentHash), (EntryOf(model.Target), InteropEntryPrinter.Print(model))];

    /// <summary>Name of the file with a model's entry in the registry.</summary>
    public static string EntryOf(CTarget target) => target.Name + "_entry.c";

    /// <summary>What all models share: the registry, the glue, the C# side and the CMake module.</summary>
    /// <param name="names">Names of all models of the firmware.</param>
    /// <param name="stubs">Output of the metadata processor, or null.</param>
    /// <returns>Paths and texts.</returns>
    /// <exception cref="FormatException">The stubs are of another assembly.</exception>
    public static IReadOnlyList<(string Name, string Text)> Shared(IEnumerable<string> names, InteropStubs? stubs) =>
        [(Path + InteropRegistry.FileName, InteropRegistry.Print(names)), .. Glue(stubs)];

    private static IEnumerable<(string Name, string Text)> Glue(InteropStubs? stubs)
    {
        foreach (string resource in typeof(InteropFolder).Assembly.GetManifestResourceNames().OrderBy(name => name, StringComparer.Ordinal))
        {
            if (!resource.StartsWith(Prefix, StringComparison.Ordinal))
                continue;

            string name = resource.Substring(Prefix.Length), text = Read(resource);
            yield return name == CMakeModule ? ("CMake/Modules/" + name, text)
                : (Path + name, name == InteropStubs.FileName && stubs is not null ? stubs.Fill(text) : text);
        }
    }

    private static string Read(string resource)
    {
        using var stream = typeof(InteropFolder).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
