using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;

namespace QuantMcu.Conformance.Tests;

/// <summary>A case that does not pass on purpose.</summary>
/// <param name="Name">Suite and case.</param>
/// <param name="Id">The diagnostic that refuses it, or DIFFERS where it runs and gives another result than expected.</param>
/// <param name="Reason">Why, for the page of operators.</param>
internal sealed record UnsupportedCase(string Name, string Id, string Reason)
{
    public bool Differs => Id == "DIFFERS";
}

/// <summary>The checked-in list, unsupported-cases.txt: one case a line, as <c>name | id | reason</c>.</summary>
internal static class UnsupportedCases
{
    public static ImmutableSortedDictionary<string, UnsupportedCase> All { get; } = Read()
        .ToImmutableSortedDictionary(test => test.Name, test => test, StringComparer.Ordinal);

    private static UnsupportedCase[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("unsupported-cases.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(" | "))
            .Select(fields => new UnsupportedCase(fields[0].Trim(), fields[1].Trim(), fields[2].Trim()))
            .ToArray();
    }
}
