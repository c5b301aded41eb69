using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using QuantMcu.Cli;
using QuantMcu.Cli.Output;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>The table of docs/results.md: <c>quantmcu evaluate</c> on every model there is.</summary>
internal static class Accuracy
{
    // Its task is "is there a person", for which the pictures at hand have no labels.
    internal static readonly EvaluationModel[] Unlabelled =
    [
        new("vww_mobilenetv1_w025_r96", "imagenet_96", [0], [255], double.NaN),
        new("vww_mobilenetv1_w025_r96_bn", "imagenet_96", [0], [255], double.NaN),
    ];

    /// <summary>Prints one row a model, and returns the first exit status that is not 0.</summary>
    public static int Print()
    {
        Console.WriteLine("| network | samples | float % | 8-bit % | change | agreement % | MACs | arena bytes | weight bytes |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        return EvaluationModel.All.Concat(Unlabelled).Select(PrintRow).ToList().Find(status => status != 0);
    }

    private static int PrintRow(EvaluationModel model)
    {
        var args = new List<string>
        {
            "evaluate", ModelsFolder.Model(model.Name), "--json",
            "--calibration", ModelsFolder.Data(model.DataSet, "calib_x"),
            "--data", ModelsFolder.Data(model.DataSet, "eval_x"),
            "--mean", List(model.Mean),
            "--std", List(model.Std),
        };
        if (!double.IsNaN(model.FloatTop1))
            args.AddRange(["--labels", ModelsFolder.Data(model.DataSet, "eval_y")]);

        using var output = new StringWriter();
        var terminal = new Terminal(output, Console.Error, OutputIsInteractive: false, ErrorIsInteractive: false);
        int status = CommandLine.Run(args, terminal);
        if (status == 0)
            Console.WriteLine(Row(JsonDocument.Parse(output.ToString()).RootElement));

        return status;
    }

    private static string Row(JsonElement report)
    {
        double? floatTop1 = Percent(report, "float_top1"), quantizedTop1 = Percent(report, "quantized_top1");
        string[] cells =
        [
            report.GetProperty("model").GetString()!,
            Text(report, "samples"),
            Fixed(floatTop1, "F2"),
            Fixed(quantizedTop1, "F2"),
            Fixed(quantizedTop1 - floatTop1, "+0.00;-0.00;0.00"),
            Fixed(Percent(report, "agreement"), "F2"),
            Text(report, "macs_executed"),
            Text(report, "arena_bytes"),
            Text(report, "flash_bytes"),
        ];
        return "| " + string.Join(" | ", cells) + " |";
    }

    private static double? Percent(JsonElement report, string field) =>
        report.GetProperty(field) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    private static string Text(JsonElement report, string field) =>
        report.GetProperty(field).GetInt64().ToString("N0", CultureInfo.InvariantCulture);

    private static string Fixed(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string List(IEnumerable<double> values) =>
        string.Join(",", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
