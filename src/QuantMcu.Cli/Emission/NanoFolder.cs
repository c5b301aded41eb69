using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.Interop;

namespace QuantMcu.Cli.Emission;

/// <summary>A folder over the sources of nanoFramework's firmware, as it is before a model is added.</summary>
/// <param name="Present">Models that are there.</param>
/// <param name="Stubs">Output of the metadata processor to take the checksum from, or null.</param>
internal sealed record NanoFolder(ImmutableArray<string> Present, InteropStubs? Stubs)
{
    /// <param name="folder">Where the command writes to.</param>
    /// <param name="stubs">The file that the metadata processor wrote, or its folder; null for none.</param>
    /// <exception cref="UsageException">The stubs or the list of models cannot be read.</exception>
    public static NanoFolder Read(string folder, string? stubs)
    {
        string assembly = Path.Combine(folder, InteropFolder.Path), registry = Path.Combine(assembly, InteropRegistry.FileName);
        var listed = File.Exists(registry) ? Parse(registry, InteropRegistry.Parse) : [];
        return new NanoFolder(
            [.. listed.Where(name => File.Exists(Path.Combine(assembly, name, name + ".h")))],
            stubs is null ? null : Parse(Directory.Exists(stubs) ? Path.Combine(stubs, InteropStubs.FileName) : stubs, InteropStubs.Parse));
    }

    /// <summary>The folder with one more model, or with another version of one.</summary>
    /// <exception cref="UsageException">The stubs are of another assembly.</exception>
    public IReadOnlyList<(string Name, string Text)> With(InteropModel model)
    {
        try
        {
            return InteropFolder.Of([model], Present, Stubs);
        }
        catch (FormatException e)
        {
            throw new UsageException("cannot use the stubs: " + e.Message + ".");
        }
    }

    private static T Parse<T>(string file, Func<string, T> parse)
    {
        try
        {
            return parse(Encoding.UTF8.GetString(InputFile.Read(file)));
        }
        catch (FormatException e)
        {
            throw new UsageException("cannot use '" + file + "': " + e.Message + ".");
        }
    }
}
