using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace QuantMcu.Benchmarks.Results;

/// <summary>A network's table as Markdown.</summary>
internal sealed class ResultTable(ResultModel model, Subject subject)
{
    private readonly List<string> rows = [];
    private long? baseline;

    /// <summary>The first row with patches is what the others are compared with.</summary>
    public void Add(string title, Measurement? measurement)
    {
        if (measurement is { Report.Patches: not null })
            baseline ??= measurement.Report.BitOps.Executed;

        string row = measurement is null ? "| " + title + " | - | - | - | - | - | - | - | - | - | - | - | - |" : Row(title, measurement);
        rows.Add(row);
        Console.WriteLine(row);
    }

    public override string ToString()
    {
        string score = model.HasLabels ? "top-1 %" : "agreement %";
        var text = new StringBuilder();
        text.Append("### ").Append(model.Name).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"n = {subject.Samples} samples");
        text.Append(subject.FloatTop1 is { } top1 ? string.Create(CultureInfo.InvariantCulture, $"; float: {top1:F2} % top-1.\n\n") : "; no labels.\n\n");
        text.Append("| network | split | grid | MACs / layers | BitOPs | stage / patches | all / patches | stage / layers | all / layers |"
            + " arena | flash | " + score + " | search, processor s |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        text.Append("| float | - | - | 1.00 | - | - | - | - | - | - | - | " + Fixed(subject.FloatTop1 ?? 100) + " | - |\n");
        foreach (string row in rows)
            text.Append(row).Append('\n');

        return text.ToString();
    }

    private string Row(string title, Measurement measurement)
    {
        var report = measurement.Report;
        var stage = report.StageBitOps;
        string[] cells =
        [
            title,
            report.Patches is { } patches ? "`" + patches.Split + "`" : "-",
            report.Patches is { } cut ? cut.Grid + (cut.Halo == Halo.Cache ? " cached" : "") : "-",
            Fixed((double)report.ExecutedMacs / report.LayerwiseMacs),
            (report.BitOps.Executed / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " M",
            Ratio(stage?.AgainstPatches),
            Ratio(baseline is { } patched ? (double)patched / report.BitOps.Executed : null),
            Ratio(stage?.AgainstLayers),
            Ratio(report.BitOps.AgainstLayers),
            Count(report.Memory.ArenaBytes),
            Count(report.FlashBytes),
            Fixed(measurement.Score),
            measurement.SearchSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "-",
        ];
        return "| " + string.Join(" | ", cells) + " |";
    }

    private static string Ratio(double? value) => value is { } ratio ? Fixed(ratio) + "x" : "-";

    private static string Fixed(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
