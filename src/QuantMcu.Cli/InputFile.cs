using System;
using System.IO;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Cli;

/// <summary>Reads the files that a command line names.</summary>
internal static class InputFile
{
    /// <exception cref="ModelException">The file is missing, unreadable or larger than any model may be.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes > ModelLimits.FileBytes)
                throw new ModelException(RequestRules.FileUnreadable, path, "it has " + bytes + " bytes");

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException ? "there is no such file" : e.Message;
            throw new ModelException(RequestRules.FileUnreadable, path, reason);
        }
    }
}
