using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Generators.Request;

/// <summary>
/// Finds a file among AdditionalFiles by the path that a user wrote: relative to the project, absolute, or, where only one file
/// fits, the end of a path.
/// </summary>
internal static class FileMatcher
{
    /// <summary>The files that fit: one where all is well.</summary>
    public static IReadOnlyList<CandidateFile> Match(
        string written, string projectDirectory, IReadOnlyList<CandidateFile> candidates)
    {
        string path = Normalize(written);
        if (path.Length == 0)
            return Array.Empty<CandidateFile>();

        string full = IsAbsolute(path) ? path : Normalize(projectDirectory + "/" + path);
        CandidateFile? exact = candidates.FirstOrDefault(file => Normalize(file.Path) == full);
        return exact is not null
            ? new[] { exact }
            : candidates.Where(file => ("/" + Normalize(file.Path)).EndsWith("/" + path, StringComparison.Ordinal)).ToList();
    }

    /// <summary>The path as a user would write it: relative to the project where it lies inside.</summary>
    public static string Display(string path, string projectDirectory)
    {
        string full = Normalize(path);
        string project = Normalize(projectDirectory) + "/";
        return project.Length > 1 && full.StartsWith(project, StringComparison.Ordinal) ? full.Substring(project.Length) : full;
    }

    public static string FileName(string path)
    {
        string normal = Normalize(path);
        return normal.Substring(normal.LastIndexOf('/') + 1);
    }

    /// <summary>Forward slashes, no <c>.</c> and <c>..</c> where they can be resolved, no trailing slash.</summary>
    private static string Normalize(string path)
    {
        var segments = new List<string>();
        string slashed = path.Replace('\\', '/');
        foreach (string segment in slashed.Split('/'))
        {
            bool up = segment == "..";
            if (up && segments.Count > 0 && segments[segments.Count - 1] != "..")
                segments.RemoveAt(segments.Count - 1);
            else if (segment.Length > 0 && segment != ".")
                segments.Add(segment);
        }

        return (slashed.StartsWith("/", StringComparison.Ordinal) ? "/" : "") + string.Join("/", segments);
    }

    private static bool IsAbsolute(string path) => path.StartsWith("/", StringComparison.Ordinal) || path.IndexOf(':') == 1;
}
