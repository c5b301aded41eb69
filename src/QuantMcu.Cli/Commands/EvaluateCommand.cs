using System.CommandLine;
using System.Threading;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu evaluate MODEL --data X.npy --labels Y.npy</c>: how well the integers do beside floats.</summary>
internal sealed class EvaluateCommand : ModelCommand
{
    private readonly CompileOptionSet options;
    private readonly EvaluationData data;
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object." };

    public EvaluateCommand(Terminal terminal)
        : base("evaluate", "Runs a model on labelled samples, as float and as integers.", terminal)
    {
        options = new CompileOptionSet(this);
        data = new EvaluationData(this, required: true);
        Add(json);
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var request = new CompileRequest(
            ModelName(parsed), InputFile.Read(ModelPath(parsed)), CalibrationBytes(parsed), options.Read(parsed));
        var samples = data.Read(parsed)!;

        using var progress = new ProgressLine(Terminal);
        var clock = new StageClock(progress);
        var model = Compilation.Run(request, Terminal, clock, cancellation);
        var program = CSharpLowering.Lower(model.Network, request.Options, cancellation);
        var report = NetworkFigures.Of(request, model, cancellation) with
        {
            FlashBytes = program.WeightBytes,
            Accuracy = samples.Evaluate(model, request.Options, clock, cancellation),
        };
        var evaluation = EvaluationReport.Of(report, clock.Seconds(CompileStages.Calibrating), clock.Seconds(CompileStages.Searching));
        progress.Dispose();
        Terminal.Output.WriteLine(parsed.GetValue(json) ? evaluation.ToJson() : EvaluationText.Of(evaluation));
        return ExitStatus.Success;
    }
}
