using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>The kernels of nano-runtime/native, which are part of this assembly.</summary>
public static class KernelSources
{
    private const string Prefix = "native/";

    /// <summary>Some files with all that they include, in alphabetical order.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static IReadOnlyList<(string Name, string Text)> Of(IEnumerable<string> headers)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>(headers);
        while (open.Count > 0)
        {
            string name = open.Dequeue();
            if (files.ContainsKey(name))
                continue;

            files[name] = Read(name);
            foreach (string included in Included(files[name]))
                open.Enqueue(included);
        }

        return files.Select(file => (file.Key, file.Value)).ToArray();
    }

    private static IEnumerable<string> Included(string text) => text.Split('\n')
        .Where(line => line.StartsWith("#include \"", StringComparison.Ordinal)).Select(line => line.Split('"')[1]);

    private static string Read(string name)
    {
        using var stream = typeof(KernelSources).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new ArgumentException("No kernel source " + name + ".", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
