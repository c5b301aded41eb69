using System;
using System.IO;
using Xunit;

namespace QuantMcu.Testing;

/// <summary>A file of the repository that is made from the code: a test holds it to what the code would make.</summary>
public static class GeneratedFile
{
    /// <summary>
    /// Passes where the file says <paramref name="expected"/>. With QUANTMCU_UPDATE_DOCS=1 in the environment it is written
    /// instead.
    /// </summary>
    /// <param name="path">Relative to the repository.</param>
    /// <param name="expected">What the code would make.</param>
    public static void Verify(string path, string expected)
    {
        string full = Path.Combine(ModelsFolder.Repository, path);
        if (Environment.GetEnvironmentVariable("QUANTMCU_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
        }

        Assert.True(
            File.Exists(full) && File.ReadAllText(full) == expected,
            path + " is not what the code would make. Run this test again with QUANTMCU_UPDATE_DOCS=1.");
    }
}
