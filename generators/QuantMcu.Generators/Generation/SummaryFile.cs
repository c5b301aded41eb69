using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>One line per compiled model, in a file beside the kept compilations, for the build to print.</summary>
internal static class SummaryFile
{
    private const string Name = "summary.txt";

    /// <summary>Replaces the file. Without a directory, or where an editor is building, there is none.</summary>
    public static void Write(BuildSettings settings, IEnumerable<GeneratedClass> classes)
    {
        if (settings.CacheDirectory is not { } directory || settings.DesignTime)
            return;

        var lines = classes.SelectMany(generated => generated.Findings)
            .Where(finding => finding.Diagnostic.Rule == EmitRules.Compiled)
            .Select(finding => finding.Diagnostic.Message + "\n");
        FileStore.TryWrite(Path.Combine(directory, Name), Encoding.UTF8.GetBytes(string.Concat(lines)));
    }
}
