using System;
using System.IO;

namespace QuantMcu.Testing;

/// <summary>A directory of its own for a test, deleted with what it holds.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("quantmcu-").FullName;

    public string PathOf(string relative) => Path.Combine(FullName, relative);

    /// <summary>Writes a file, and makes the directories that lead to it.</summary>
    public string Write(string relative, byte[] content)
    {
        string path = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
