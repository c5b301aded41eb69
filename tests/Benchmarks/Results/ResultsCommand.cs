using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Benchmarks.Results;

/// <summary>Measures the table of patches and mixed precision, and writes it and its curves into docs/.</summary>
internal static class ResultsCommand
{
    private const int DefaultSamples = 2000;

    // What the search may lose on the curve of RAM before it ends; the table's row stops earlier.
    private const double CurveLoss = 20;

    private static readonly double[] Phis = [0.9, 0.96, 0.99, 0.997, 0.999, 0.9999];
    private static readonly double[] Lambdas = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6];
    private static readonly double[] Losses = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04];

    // Phi decides which patches are spared: it shows where lambda lowers the others, and here it lowers some at a bearable loss.
    private const double PhiLambda = 0.45;

    /// <param name="names">Networks; empty: all.</param>
    /// <param name="samples">Evaluation samples of each, at most.</param>
    public static int Run(IReadOnlyCollection<string> names, int samples = DefaultSamples)
    {
        var models = ResultModel.All.Where(model => names.Count == 0 || names.Contains(model.Name)).ToList();
        if (models.Count == 0)
        {
            Console.Error.WriteLine("the networks are " + string.Join(", ", ResultModel.All.Select(model => model.Name)));
            return 2;
        }

        foreach (var model in models)
            Run(model, new Subject(model, samples));

        return 0;
    }

    private static void Run(ResultModel model, Subject subject)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name}: calibrated in {subject.CalibrationSeconds:F1} s of processor time"));
        var table = new ResultTable(model, subject);
        var measured = new List<Measurement?>();
        void Measure(IEnumerable<(string Title, CompileOptions Options)> rows)
        {
            foreach (var (title, options) in rows)
            {
                measured.Add(ResultRows.Try(subject, options, afresh: true));
                table.Add(title, measured[^1]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {measured[^1]?.ProcessorSeconds:F1} s of processor time"));
                foreach (string line in measured[^1]?.Report.Search?.Log ?? [])
                    Console.WriteLine("    " + line);
            }
        }

        Measure(ResultRows.Of(model));
        int layerwise = measured[0]!.Report.Memory.ArenaBytes, patched = measured[1]!.Report.Memory.ArenaBytes;
        Measure(ResultRows.ByOutput(model, patched));
        var mixed = model.Evaluation.Options with { Precision = Precision.Mixed, Search = Search.Output, WeightBits = 4 };
        var underRam = ResultRows.UnderRam(subject, mixed, layerwise, model.Curves ? CurveLoss : ResultRows.MostLoss).ToList();
        table.Add("smallest RAM at <= 1 point, W4", ResultRows.Smallest(underRam));
        ResultsPage.Write(model.Name, "\n" + table + "\n");
        if (model.Curves)
        {
            Curves(model, subject);
            RamCurve(model, subject, underRam, layerwise);
        }
    }

    private static void Curves(ResultModel model, Subject subject)
    {
        var published = ResultRows.Published(model);
        var output = model.Evaluation.Options with { Precision = Precision.Mixed, Search = Search.Output };
        var series = new[]
        {
            Sweep("phi", Phis, phi => published with { Phi = phi, Lambda = PhiLambda }),
            Sweep("lambda", Lambdas, lambda => published with { Lambda = lambda }),
            Sweep("Output W8", Losses, loss => output with { WeightBits = 8, MaxDamage = loss }),
            Sweep("Output W4", Losses, loss => output with { WeightBits = 4, MaxDamage = loss }),
        };
        ResultsPage.WriteChart(
            model.Name + "-bitops",
            LineChart.Of(model.Name + ": accuracy against BitOPs", "BitOPs / 10^6", Score(model), Least(subject), series));

        Series Sweep(string name, IEnumerable<double> values, Func<double, CompileOptions> options)
        {
            var points = new List<(double X, double Y, string Label)>();
            foreach (double value in values)
            {
                if (ResultRows.Try(subject, options(value)) is not { } found)
                    continue;

                points.Add((found.Report.BitOps.Executed / 1e6, found.Score, value.ToString(CultureInfo.InvariantCulture)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}: {points[^1].X:F1} M BitOPs, {found.Score:F2} %"));
            }

            return new Series(name, points);
        }
    }

    private static void RamCurve(ResultModel model, Subject subject, IEnumerable<Measurement> mixed, int layerwise)
    {
        var int8 = ResultRows.UnderRam(subject, model.Evaluation.Options, layerwise, CurveLoss);
        ResultsPage.WriteChart(
            model.Name + "-ram",
            LineChart.Of(
                model.Name + ": accuracy against RAM", "arena / 1000 bytes", Score(model), Least(subject),
                [new Series("Search = Output, W4", Points(mixed)), new Series("int8", Points(int8))]));

        static List<(double X, double Y, string Label)> Points(IEnumerable<Measurement> measurements) => measurements
            .Select(measurement => (measurement.Report.Memory.ArenaBytes / 1000.0, measurement.Score, "")).ToList();
    }

    private static double Least(Subject subject) => (subject.FloatTop1 ?? 100) - CurveLoss;

    private static string Score(ResultModel model) => model.HasLabels ? "top-1 %" : "agreement with float %";
}
