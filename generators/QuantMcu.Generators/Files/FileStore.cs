using System;
using System.IO;

// The one place that touches the disk. Analyzers may not (RS1035), because what they read behind the compiler's back goes stale;
// models are binary, which AdditionalText.GetText refuses, so they are read here by AdditionalText.Path and compared by content.
#pragma warning disable RS1035

namespace QuantMcu.Generators.Files;

/// <summary>Reads model files, and keeps compiled networks under obj/ where the build says so.</summary>
internal static class FileStore
{
    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">The file cannot be read or is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[] Read(string path, int limit)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > limit)
            throw new IOException("it has " + stream.Length + " bytes, and at most " + limit + " are read");

        var content = new byte[(int)stream.Length];
        for (int done = 0; done < content.Length;)
        {
            int count = stream.Read(content, done, content.Length - done);
            if (count == 0)
                throw new IOException("it became shorter while it was read");

            done += count;
        }

        return content;
    }

    /// <summary>Reads a file that may well be absent; null where it is, or cannot be read.</summary>
    public static byte[]? TryRead(string path, int limit)
    {
        try
        {
            return File.Exists(path) ? Read(path, limit) : null;
        }
        catch (Exception exception) when (IsIoError(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Writes a file whole or not at all: a reader never sees half of it. Failure is silent, because what is written here can be
    /// made again.
    /// </summary>
    public static void TryWrite(string path, byte[] content)
    {
        string draft = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(draft, content);
            if (File.Exists(path))
                File.Delete(path);

            File.Move(draft, path);
        }
        catch (Exception exception) when (IsIoError(exception))
        {
            TryDelete(draft);
        }
    }

    /// <summary>The same, but a file that has this content already is left alone.</summary>
    public static void TryUpdate(string path, byte[] content)
    {
        if (TryRead(path, content.Length) is not { } known || !known.AsSpan().SequenceEqual(content))
            TryWrite(path, content);
    }

    public static bool IsIoError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsIoError(exception))
        {
            // A draft that cannot be deleted stays under obj/, where a clean build removes it.
        }
    }
}
