using System;
using System.IO;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks.Results;

/// <summary>The parts of docs/results.md that a command writes: each between two comments that name it.</summary>
internal static class ResultsPage
{
    private static string Folder => Path.Combine(ModelsFolder.Repository, "docs");

    /// <summary>Replaces a part.</summary>
    /// <exception cref="InvalidOperationException">The page has no such part.</exception>
    public static void Write(string part, string text)
    {
        string path = Path.Combine(Folder, "results.md"), page = File.ReadAllText(path);
        string begin = "<!-- begin " + part + " -->\n", end = "<!-- end " + part + " -->";
        int from = page.IndexOf(begin, StringComparison.Ordinal), to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
            throw new InvalidOperationException("docs/results.md has no part " + part);

        File.WriteAllText(path, page[..(from + begin.Length)] + text + page[to..]);
    }

    public static void WriteChart(string name, string svg) => File.WriteAllText(Path.Combine(Folder, "curves", name + ".svg"), svg);
}
