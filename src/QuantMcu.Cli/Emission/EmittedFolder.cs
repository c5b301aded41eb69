using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace QuantMcu.Cli.Emission;

/// <summary>
/// Writes a set of files so that none is ever half-written: each goes to a temporary name in the same folder first and is renamed
/// once all of them are on disk.
/// </summary>
internal static class EmittedFolder
{
    /// <param name="folder">Made where it does not exist.</param>
    /// <param name="files">File name, which may have folders before it with forward slashes, and text; UTF-8 without byte order mark.</param>
    /// <exception cref="IOException">The folder cannot be written; what was there before is unchanged.</exception>
    public static void Write(string folder, IReadOnlyList<(string Name, string Text)> files)
    {
        Directory.CreateDirectory(folder);
        var pending = new List<(string Temporary, string Final)>();
        try
        {
            foreach (var (name, text) in files)
            {
                string final = Path.Combine(folder, name);
                string parent = Path.GetDirectoryName(final)!;
                string temporary = Path.Combine(parent, "." + Path.GetFileName(name) + "." + Path.GetRandomFileName());
                Directory.CreateDirectory(parent);
                pending.Add((temporary, final));
                File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            }

            foreach (var (temporary, final) in pending)
                File.Move(temporary, final, overwrite: true);
        }
        finally
        {
            foreach (var (temporary, _) in pending)
                File.Delete(temporary);
        }
    }
}
