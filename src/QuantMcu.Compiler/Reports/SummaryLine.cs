using System.Globalization;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Reports;

/// <summary>A compiled model on one line: what a build prints.</summary>
public static class SummaryLine
{
    /// <summary><c>name: arena 26,112 bytes, flash 158,696 bytes, 1.08x MACs, ...</c>. The name is untrusted.</summary>
    public static string Of(NetworkReport report) => Diagnostics.Printable.Text(report.Name) + ": " + Figures(report);

    /// <summary>The line without the name.</summary>
    public static string Figures(NetworkReport report)
    {
        string text = "arena " + Count(report.Memory.ArenaBytes) + " bytes, flash " + Count(report.FlashBytes) + " bytes, "
            + Count(report.ExecutedMacs) + " MACs";
        if (report.Patches is { } patches)
        {
            text += " (" + Ratio((double)report.ExecutedMacs / System.Math.Max(1, report.LayerwiseMacs)) + " layer by layer), "
                + patches.Grid + " patches, halo " + (patches.Halo == Halo.Cache ? "cached" : "recomputed");
        }

        if (report.Search.Method is { } method)
        {
            text += ", " + Ratio(report.BitOps.AgainstPatches) + " fewer BitOPs than 8 bits (search by "
                + (method == QuantMcu.Search.Entropy ? "entropy" : "output") + ")";
        }

        return text;
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "x";
}
