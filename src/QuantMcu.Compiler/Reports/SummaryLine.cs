using System.Collections.Generic;
using System.Globalization;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Reports;

/// <summary>A compiled model on one line: what a build prints.</summary>
public static class SummaryLine
{
    /// <summary><c>name: arena 16,024 bytes, flash 113,232 bytes, mixed precision (search by output), ...</c>. The name is untrusted.</summary>
    public static string Of(NetworkReport report) => Diagnostics.Printable.Text(report.Name) + ": " + Figures(report);

    /// <summary>The line without the name.</summary>
    public static string Figures(NetworkReport report) => string.Join(", ", Parts(report));

    private static IEnumerable<string> Parts(NetworkReport report)
    {
        yield return "arena " + Count(report.Memory.ArenaBytes) + " bytes";
        yield return "flash " + Count(report.FlashBytes) + " bytes";
        yield return Precision(report.Search.Method);
        if (report.Patches is { } patches)
            yield return patches.Grid + " patches with halos " + (patches.Halo == Halo.Cache ? "cached" : "recomputed");

        if (report.FusedLayers > 0)
            yield return Count(report.FusedLayers) + (report.FusedLayers == 1 ? " group" : " groups") + " of layers fused";
        else if (report.Patches is null)
            yield return "layer by layer";

        yield return Count(report.ExecutedMacs) + " MACs" + (report.Patches is null
            ? ""
            : " (" + Ratio((double)report.ExecutedMacs / System.Math.Max(1, report.LayerwiseMacs)) + " of layer by layer)");
        yield return Count(report.BitOps.Executed) + " BitOPs"
            + (report.Search.Method is null ? "" : " (" + Ratio(report.BitOps.AgainstLayers) + " fewer than 8 bits layer by layer)");
    }

    private static string Precision(QuantMcu.Search? method) => method switch
    {
        null => "8 bits",
        QuantMcu.Search.Entropy => "mixed precision (search by entropy)",
        _ => "mixed precision (search by output)",
    };

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "x";
}
