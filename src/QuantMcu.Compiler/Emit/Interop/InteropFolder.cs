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
    public static IReadOnlyList<(string Name, string Text)> Of(IReadOnlyList<InteropModel> models, IEnumerable<string> present, InteropStubs? stubs)
    {
        var files = new List<(string Name, string Text)>();
        foreach (var model in models)
        {
            string folder = Path + model.Target.Name + "/";
            files.AddRange(CFiles.Of(model.Target, model.Program, model.ContentHash).Select(file => (folder + file.Name, file.Text)));
            files.Add((folder + model.Target.Name + "_entry.c", InteropEntryPrinter.Print(model)));
        }

        var names = present.Concat(models.Select(model => model.Target.Name)).Distinct();
        files.Add((Path + InteropRegistry.FileName, InteropRegistry.Print(names)));
        files.AddRange(Glue(stubs));
        return files;
    }

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
