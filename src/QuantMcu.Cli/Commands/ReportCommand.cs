using System;
using System.CommandLine;
using System.IO;
using System.Text;
using System.Threading;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Reports.Html;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu report MODEL -o report.html</c>: everything that is known of a compiled model, on one page.</summary>
internal sealed class ReportCommand : ModelCommand
{
    private readonly CompileOptionSet options;
    private readonly EvaluationData data;

    private readonly Option<string> output = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "File to write to.",
        Required = true,
    };

    private readonly Option<string> format = new("--format")
    {
        HelpName = "html|json",
        Description = "A page for people, or the same figures for programs.",
        DefaultValueFactory = _ => "html",
    };

    public ReportCommand(Terminal terminal)
        : base("report", "Writes what the compiler decided, why, and what it costs, as one self-contained page.", terminal)
    {
        options = new CompileOptionSet(this);
        data = new EvaluationData(this, required: false);
        format.AcceptOnlyFromAmong("html", "json");
        Add(output);
        Add(format);
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        byte[]? calibration = CalibrationBytes(parsed);
        var request = new CompileRequest(ModelName(parsed), InputFile.Read(ModelPath(parsed)), calibration, options.Read(parsed));
        var samples = data.Read(parsed);

        using var progress = new ProgressLine(Terminal);
        var clock = new StageClock(progress);
        var model = Compilation.Run(request, Terminal, clock, cancellation);
        var program = CSharpLowering.Lower(model.Network, request.Options, cancellation);
        var report = NetworkFigures.Of(request, model, cancellation) with
        {
            FlashBytes = program.WeightBytes,
            Accuracy = samples?.Evaluate(model, request.Options, clock, cancellation),
            Picture = FirstSample(calibration, model, request),
        };
        cancellation.ThrowIfCancellationRequested();
        Write(parsed.GetRequiredValue(output), parsed.GetValue(format) == "json" ? ReportJson.Of(report) : HtmlReport.Of(report));
        progress.Dispose();
        Terminal.Output.WriteLine(SummaryLine.Of(report));
        return ExitStatus.Success;
    }

    private static Picture? FirstSample(byte[]? calibration, CompiledModel model, CompileRequest request)
    {
        if (calibration is null)
            return null;

        var feeder = SampleFile.Bind(NpyReader.Read(calibration).Take(1), model.Source, request.Options).Feeder;
        return feeder.Count == 0 ? null : Pictures.Of(feeder.NormalForm[0][0], raw: model.Preprocessing is not null);
    }

    // Under another name first: an existing report is replaced as a whole or left alone.
    private static void Write(string path, string text)
    {
        string temporary = path + ".tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);

            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new UsageException("cannot write to '" + path + "': " + e.Message);
        }
    }
}
